/** What the emulator throws when it is used wrongly: a code to branch on and the next step. */
export interface EmulatorError extends Error {
  readonly code: EmulatorErrorCode
  readonly hint: string
}

const catalogue = {
  ERR_EMULATOR_HOST: {
    message: (details: { host: string }) => `The emulator does not listen on ${details.host}`,
    hint: 'It is not for real users, so it stays on this machine: use 127.0.0.1, ::1 or localhost.',
  },
  ERR_EMULATOR_PORT: {
    message: (details: { port: number; reason: string }) =>
      `Port ${details.port} cannot be used: ${details.reason}`,
    hint: 'Choose another port with `port` or --port, or end the program that uses it. 0 takes any free port.',
  },
  ERR_EMULATOR_ADMIN_KEY: {
    message: (details: { reason: string }) =>
      `The administrator’s key cannot be used: ${details.reason}`,
    hint: 'Give 1 to 512 visible ASCII characters without spaces, or omit it and a random key is made.',
  },
  ERR_EMULATOR_FILE: {
    message: (details: { file: string; reason: string }) =>
      `${details.file} cannot be written: ${details.reason}`,
    hint: 'Name a new file, or one that holds an exported state, in a folder that exists and has space.',
  },
  ERR_EMULATOR_APP_ID: {
    message: (details: { id: string; file: string }) =>
      `${details.file} becomes the app ${details.id}, as another file already does`,
    hint: 'The ID comes from the file’s name: rename one of the two.',
  },
  ERR_EMULATOR_SWITCH_NAME: {
    message: (details: { name: string; nearest: string }) =>
      `The switch ${details.name} does not exist`,
    hint: (details: { name: string; nearest: string }) => `Did you mean ${details.nearest}?`,
  },
  ERR_EMULATOR_SWITCH_VALUE: {
    message: (details: { name: string; expected: string }) =>
      `The switch ${details.name} does not take this value`,
    hint: (details: { name: string; expected: string }) => `It takes ${details.expected}.`,
  },
  ERR_EMULATOR_CLOCK: {
    message: (details: { what: string }) => `The clock cannot be moved: ${details.what}`,
    hint: 'Give a number of seconds from 0 up to `advance`, or a valid date to `set`.',
  },
  ERR_EMULATOR_FAULT: {
    message: (details: { problem: string }) =>
      `The fault cannot be switched on: ${details.problem}`,
    hint: 'Give { effect: { kind: … } } and, where wanted, pathPrefix, method, times and probability.',
  },
  ERR_EMULATOR_TLS: {
    message: (details: { reason: string }) => `TLS cannot be served: ${details.reason}`,
    hint: 'Name another folder, or delete what is left in this one: the emulator then makes new keys and overwrites nothing.',
  },
  ERR_EMULATOR_CERTIFICATES: {
    message: (details: { folder: string; reason: string }) =>
      `Certificates cannot be exported to ${details.folder}: ${details.reason}`,
    hint: 'Name another folder, or move root.pem, client.pem and client_key.pem away: nothing is written over.',
  },
  ERR_EMULATOR_PUBLIC_URL: {
    message: (details: { url: string }) => `${details.url} is not the address of a tenant`,
    hint: 'Give scheme, host and port alone, such as https://qlik.localhost:4848.',
  },
  ERR_EMULATOR_VIRTUAL_PROXY: {
    message: (details: { prefix: string; problem: string }) =>
      `The virtual proxy ${JSON.stringify(details.prefix)} cannot be used: ${details.problem}`,
    hint: 'Give each a prefix of its own of a-z, 0-9 and - . _ ~, and the certificate of its key, such as keys/qlik.cer.',
  },
  ERR_EMULATOR_STATE: {
    message: (details: { problem: string }) => `The state cannot be imported: ${details.problem}`,
    hint: 'Give what `state.export()`, `GET /_emulator/api/cloud/state` or --save-state gave, unchanged. Nothing was changed.',
  },
  ERR_EMULATOR_OUTPUT: {
    message: (details: { reason: string }) =>
      `The address cannot be written to the standard output: ${details.reason}`,
    hint: 'Check where it goes: a full disk is the commonest reason.',
  },
  ERR_EMULATOR_REAL_TENANT: {
    message: (details: { hosts: string }) => `The test tried to reach ${details.hosts}`,
    hint: 'Point the code at the emulator’s url. List a host under `allow` when the test may reach it.',
  },
  ERR_EMULATOR_WAIT: {
    message: (details: { timeoutMs: number; seen: number }) =>
      `No request matched within ${details.timeoutMs} ms; ${details.seen} were recorded`,
    hint: 'Look at `requests` for what came instead.',
  },
} as const

export type EmulatorErrorCode = keyof typeof catalogue
type DetailsOf<Code extends EmulatorErrorCode> = Parameters<(typeof catalogue)[Code]['message']>[0]

/** Makes the error of one code; the text is the catalogue's. */
export function emulatorError<Code extends EmulatorErrorCode>(
  code: Code,
  details: DetailsOf<Code>,
  options?: { cause?: unknown },
): EmulatorError {
  const entry: {
    message: (details: never) => string
    hint: string | ((details: never) => string)
  } = catalogue[code]
  const given = details as never
  const error = new Error(entry.message(given), options)
  error.name = 'EmulatorError'
  const hint = typeof entry.hint === 'string' ? entry.hint : entry.hint(given)
  return Object.assign(error, { code, hint })
}

/** Tells whether a value is an error of the emulator, by code or any. */
export function isEmulatorError(value: unknown, code?: EmulatorErrorCode): value is EmulatorError {
  if (!(value instanceof Error) || value.name !== 'EmulatorError') return false
  return code === undefined || (value as Partial<EmulatorError>).code === code
}
