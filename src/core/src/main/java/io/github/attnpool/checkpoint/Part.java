package io.github.attnpool.checkpoint;

/** The linear maps of a layer, with the letters of their shapes. */
enum Part {
  PROJECTION("H", "Hin"),
  HIDDEN("D", "H"),
  GATE("D", "H"),
  SCORE("R", "D"),
  QUERY("D", "Q"),
  OUTPUT("O", "R*H");

  private final String outputs;
  private final String inputs;

  Part(String outputs, String inputs) {
    this.outputs = outputs;
    this.inputs = inputs;
  }

  /** Shape of the weight as it has to be in the file. */
  String shape(boolean transposed) {
    return transposed ? "[" + inputs + ", " + outputs + "]" : "[" + outputs + ", " + inputs + "]";
  }
}
