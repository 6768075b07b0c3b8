/** The form of a setting's text: any other is a string as it stands. Lists and booleans stand in the file alone. */
export type SettingForm = 'duration' | 'file' | 'object' | 'list' | 'boolean'

/** What the schema says of a setting beside its form, in the `.meta()` of its place in the file. */
export interface SettingWords {
  /** What it is, for help and for docs/reference/config.md; no capital, no full stop. */
  readonly description: string
  /** What holds when it is omitted, in words. */
  readonly otherwise?: string
  /** Its option; the environment variable follows from it. Without one, only the file has it. */
  readonly flag?: string
  /**
   * Whether the option says which deployment is meant, how its tokens are signed, how it is reached, where its
   * services for administrators are, who administers it, or what it should have.
   */
  readonly group?: 'deployment' | 'signing' | 'connection' | 'service' | 'administrator' | 'setup'
  /** An empty value says something here. */
  readonly mayBeEmpty?: true
  /** What an error calls it, with its article. */
  readonly title?: string
  /** What the other product has in its place: a whole clause. */
  readonly elsewhere?: string
  /** What `jotgate init` asks a person. */
  readonly question?: string
  readonly form?: SettingForm
}

/** One setting of a deployment: where the file, the command line and the code have it. */
export interface Setting extends SettingWords {
  /** In `Settings`, with dots: `issuer`, `claims.userId`, `lifetimeSeconds`. */
  readonly name: string
  /** In a deployment of the file, with dots: `signing.issuer`. */
  readonly place: string
  /** The products that have it. */
  readonly products: readonly string[]
  /** A deployment in the file must have it. */
  readonly required?: true
  /** The values that it may have. */
  readonly choices?: readonly string[]
  /** Exactly one of the settings with this name is given, such as the file or the variable of a key. */
  readonly oneOf?: { readonly name: string; readonly title: string }
}

/** `--user-id <text>` is `--user-id`. */
export function optionOf(flag: string): string {
  return /--[a-z][a-z-]*/.exec(flag)?.[0] ?? ''
}

/** `--user-id <text>` is `JOTGATE_USER_ID`. */
export function variableOf(flag: string): string {
  return `JOTGATE_${optionOf(flag).slice(2).toUpperCase().replaceAll('-', '_')}`
}
