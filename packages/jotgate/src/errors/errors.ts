/**
 * What an error is: `use` when what the caller gave must change before another try (an option, a command
 * line, a configuration file), `failure` for everything else.
 */
export type ErrorKind = 'use' | 'failure'

/** What an error of one code says: written once, in its part's catalogue, never where it is thrown. */
export interface ErrorDefinition<Details> {
  kind: ErrorKind
  /** The HTTP status of a server's answer about it; from 500 up, a client is shown the code alone. */
  status: number
  /** What happened, with the values. Details are safe to log: never a token, cookie or key byte. */
  message: (details: Details) => string
  /** The next step, as an instruction. */
  hint: string
  /** A better one for details that say more; undefined where they do not. */
  hintFor?: (details: Details) => string | undefined
}

/**
 * Every failure that jotgate itself detects. Wrong use of a function (a missing argument) is a
 * `TypeError`; what another library threw is kept as `cause`.
 */
export class JotgateError<Code extends string = string, Details = unknown> extends Error {
  override readonly name = 'JotgateError'
  readonly isJotgateError = true as const
  readonly code: Code
  readonly details: Details
  /** `use` when what the caller gave must change before another try. */
  readonly kind: ErrorKind
  readonly status: number
  readonly hint: string
  /** The command that explains this code in the terminal, without a network. */
  readonly docs: string

  constructor(
    code: Code,
    definition: ErrorDefinition<Details>,
    details: Details,
    options?: { cause?: unknown },
  ) {
    super(definition.message(details), options)
    this.code = code
    this.details = details
    this.kind = definition.kind
    this.status = definition.status
    this.hint = definition.hintFor?.(details) ?? definition.hint
    this.docs = `jotgate explain ${code}`
  }
}

/**
 * The details of each error, by code. Each part adds its own in its `errors.ts`, so a program knows the
 * codes of the parts that it imports.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by `declare module` in each part's errors.ts
export interface JotgateErrorDetails {}

/** Every code of the parts that a program imports. */
export type JotgateErrorCode = keyof JotgateErrorDetails

/** The error of a code; of several codes, each with its own details. */
export type JotgateErrorOf<Code extends JotgateErrorCode> = {
  [Each in Code]: JotgateError<Each, JotgateErrorDetails[Each]>
}[Code]

/**
 * Tells whether a value is a `JotgateError`, also when it comes from a second copy of the package.
 *
 * @param value anything that was caught
 * @param code only errors with this code, whose `details` then have their type; without it, any
 * @example
 * try {
 *   await readSigningKey({ file: 'keys/qlik.pem' })
 * } catch (error) {
 *   if (isJotgateError(error, 'ERR_KEY_NOT_FOUND')) console.error(error.details.file, error.hint)
 * }
 */
export function isJotgateError<Code extends JotgateErrorCode>(
  value: unknown,
  code: Code,
): value is JotgateErrorOf<Code>
export function isJotgateError(value: unknown): value is JotgateError
export function isJotgateError(value: unknown, code?: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  const candidate = value as Partial<JotgateError>
  return candidate.isJotgateError === true && (code === undefined || candidate.code === code)
}

/** Makes the error of one code; carries its definition for the generated catalogue. */
export interface ErrorFactory<Code extends string = string, Details = never> {
  (details: Details, options?: { cause?: unknown }): JotgateError<Code, Details>
  readonly code: Code
  readonly definition: ErrorDefinition<Details>
}

type CodesOf<Prefix extends string, Definitions> = {
  [Code in keyof Definitions]: Code extends `${Prefix}_${Uppercase<string>}` ? unknown : never
}

type ErrorFactories<Definitions> = {
  readonly [Code in keyof Definitions & string]: Definitions[Code] extends ErrorDefinition<
    infer Details
  >
    ? ErrorFactory<Code, Details>
    : never
}

/** The details of each error of a catalogue, by code. */
export type DetailsOf<Catalogue> = {
  [Code in keyof Catalogue]: Catalogue[Code] extends ErrorFactory<string, infer Details>
    ? Details
    : never
}

/**
 * Declares the errors of one part: `throw keyErrors.ERR_KEY_NOT_FOUND({ file })`. For the parts alone:
 * the package does not export it.
 *
 * @param prefix `ERR_` and the part's name; every code begins with it
 * @param definitions the catalogue of the part, by code
 */
export function defineErrors<
  const Prefix extends `ERR_${Uppercase<string>}`,
  const Definitions extends Record<string, ErrorDefinition<never>>,
>(
  prefix: Prefix,
  definitions: Definitions & CodesOf<Prefix, Definitions>,
): ErrorFactories<Definitions> {
  const factories: Record<string, ErrorFactory<string, never>> = {}
  for (const [code, definition] of Object.entries<ErrorDefinition<never>>(definitions)) {
    if (!code.startsWith(`${prefix}_`))
      throw new TypeError(`${code} does not begin with ${prefix}_`)
    factories[code] = Object.assign(
      (details: never, options?: { cause?: unknown }) =>
        new JotgateError(code, definition, details, options),
      { code, definition },
    )
  }
  return Object.freeze(factories) as unknown as ErrorFactories<Definitions>
}
