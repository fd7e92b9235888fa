package io.github.attnpool.bindings;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the C compiler says about the bound names of a library. Facts are keyed and written as in
 * {@link BindingFacts}.
 */
final class HeaderFacts {
  private static final String CARRIER_MACRO =
      """
      #define INTEGER(type) (sizeof(type) == 8 ? "long" : "int")
      #define CARRIER(x) _Generic((x), float: "float", double: "double", \\
          int: "int", unsigned: "int", \\
          long: INTEGER(long), unsigned long: INTEGER(long), \\
          long long: INTEGER(long long), unsigned long long: INTEGER(long long), \\
          default: "pointer")
      """;

  private final StringBuilder declarations = new StringBuilder();
  private final StringBuilder statements = new StringBuilder();

  private HeaderFacts() {}

  static Map<String, String> of(BoundLibrary library, CCompiler compiler) throws Exception {
    AllowList allowed = library.allowList();
    HeaderFacts facts = new HeaderFacts();
    allowed.constants().forEach(facts::constant);
    for (String struct : allowed.structs()) {
      facts.struct(
          struct,
          BindingFacts.fieldNames(library, struct),
          BindingFacts.fieldZeros(library, struct));
    }
    Prototype.readAll(library.generatedSources()).stream()
        .filter(prototype -> allowed.functions().contains(prototype.name()))
        .forEach(facts::function);
    Map<String, String> found = new TreeMap<>();
    for (String line : compiler.compileAndRun(facts.program(library), library)) {
      int separator = line.indexOf(':');
      found.put(line.substring(0, separator), line.substring(separator + 1).strip());
    }
    return found;
  }

  private String program(BoundLibrary library) {
    return "#include <stddef.h>\n#include <stdio.h>\n#include \"%s\"\n"
            .formatted(library.entryHeader())
        + CARRIER_MACRO
        + declarations
        + "int main(void) {\n"
        + statements
        + "  return 0;\n}\n";
  }

  private void constant(String name) {
    statements.append(
        """
          printf("constant %1$s: %%zu bytes, %%lld\\n", sizeof(%1$s), (long long)(%1$s));
        """
            .formatted(name));
  }

  private void struct(String type, List<String> fields, List<String> fieldZeros) {
    statements.append(
        """
          printf("struct %1$s: %%zu bytes, aligned %%zu\\n", sizeof(%1$s), _Alignof(%1$s));
        """
            .formatted(type));
    for (String field : fields) {
      statements.append(
          """
            printf("field %1$s.%2$s: at %%zu, %%zu bytes\\n",
                offsetof(%1$s, %2$s), sizeof(((%1$s *)0)->%2$s));
          """
              .formatted(type, field));
    }
    if (fields.size() > 1) {
      // One initialiser for each bound field: a field that the binding lacks, even one that hides
      // in its padding, makes the compiler warn of a missing initialiser.
      String zeros = String.join(", ", fieldZeros);
      declarations.append("static const %1$s all_of_%1$s = {%2$s};\n".formatted(type, zeros));
      statements.append("  (void)all_of_%s;\n".formatted(type));
    }
  }

  private void function(Prototype prototype) {
    String name = prototype.name();
    String arguments = String.join(", ", prototype.parameters());
    // A second declaration, which must agree with the header's.
    declarations.append("%s;\n".formatted(prototype.text()));
    declarations.append("static void of_%s {\n".formatted(parameterList(prototype)));
    declarations.append(
        "  printf(\"function %s: %%s\", %s);\n"
            .formatted(
                name,
                prototype.returnsVoid()
                    ? "\"void\""
                    : "CARRIER(%s(%s))".formatted(name, arguments)));
    for (String parameter : prototype.parameters()) {
      declarations.append("  printf(\" %%s\", CARRIER(%s));\n".formatted(parameter));
    }
    declarations.append("  printf(\"\\n\");\n}\n");
    String zeros =
        prototype.parameters().stream().map(parameter -> "0").collect(Collectors.joining(", "));
    statements.append("  of_%s(%s);\n".formatted(name, zeros));
  }

  private static String parameterList(Prototype prototype) {
    return prototype.text().substring(prototype.text().indexOf(prototype.name() + "("));
  }
}
