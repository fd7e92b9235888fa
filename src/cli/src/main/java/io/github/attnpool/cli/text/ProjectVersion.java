package io.github.attnpool.cli.text;

import picocli.CommandLine.IVersionProvider;

/** The version that the build has put into the module's descriptor. */
public final class ProjectVersion implements IVersionProvider {
  /** Makes a provider; picocli does so by reflection. */
  public ProjectVersion() {}

  @Override
  public String[] getVersion() {
    return new String[] {"attnpool " + text()};
  }

  /** {@return the version, for example {@code 0.1.0}, or words if the module has none} */
  public static String text() {
    Module module = ProjectVersion.class.getModule();
    return module.isNamed()
        ? module.getDescriptor().rawVersion().orElse("of unknown version")
        : "of unknown version";
  }
}
