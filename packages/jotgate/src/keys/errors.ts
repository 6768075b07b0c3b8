import { type DetailsOf, defineErrors } from '../errors/index.ts'

type FileDetails = { file: string }

/** The errors of the part `keys`. No detail holds a byte of a key. */
export const keyErrors = defineErrors('ERR_KEY', {
  ERR_KEY_NOT_FOUND: {
    kind: 'failure',
    status: 500,
    message: (details: FileDetails) => `There is no file at ${details.file}`,
    hint: 'Create a key pair (`jotgate keys create`, or createKeyPair and writeKeyPair), or correct the path.',
  },
  ERR_KEY_UNREADABLE: {
    kind: 'failure',
    status: 500,
    message: (details: FileDetails & { reason: string }) =>
      `The file ${details.file} cannot be read (${details.reason})`,
    hint: 'Let only the user that runs this process read the file: chown and chmod 600.',
  },
  ERR_KEY_NOT_A_FILE: {
    kind: 'failure',
    status: 500,
    message: (details: FileDetails & { kind: string }) =>
      `${details.file} is a ${details.kind}, not a file`,
    hint: 'Point the option `file` at the PEM file itself.',
  },
  ERR_KEY_TOO_LARGE: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; maxBytes: number }) =>
      `${details.source} is larger than ${details.maxBytes} bytes, the limit for a key`,
    hint: 'Give one key, certificate or key set, and nothing else.',
  },
  ERR_KEY_MODE: {
    kind: 'failure',
    status: 500,
    message: (details: FileDetails & { mode: string }) =>
      `Other users have rights to the private key ${details.file} (mode ${details.mode})`,
    hint: 'Remove them with `chmod 600`. If another person could have read the key, replace it.',
  },
  ERR_KEY_OWNER: {
    kind: 'failure',
    status: 500,
    message: (details: FileDetails & { owner: number }) =>
      `The private key ${details.file} belongs to another user (UID ${details.owner}), who can read and replace it`,
    hint: 'Copy the key to your own file, or change its owner with chown. To use it as it is, set `insecureOwner: true` (`--insecure-key-owner`).',
  },
  ERR_KEY_FOLDER: {
    kind: 'failure',
    status: 500,
    message: (details: { folder: string; mode: string }) =>
      `Every user of this machine can write to the folder ${details.folder} (mode ${details.mode}), and replace the key or its certificate`,
    hint: 'Choose another folder, or remove these rights with `chmod o-w`. To use it as it is, set `insecureFolder: true` (`--insecure-folder`).',
  },
  ERR_KEY_FORM: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; problem: string }) =>
      `${details.source} ${details.problem}`,
    hint: 'Give one complete key or certificate: PEM from its BEGIN line to its END line, DER, PFX, or base64 of one of these.',
  },
  ERR_KEY_FOREIGN: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; form: string; command: string }) =>
      `${details.source} holds ${details.form}, which jotgate does not read; convert a copy with: ${details.command}`,
    hint: 'Convert a copy that only its owner can read (`umask 077`) with the command in the message, and use that copy.',
  },
  ERR_KEY_ENCRYPTED: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string }) => `${details.source} is encrypted with a passphrase`,
    hint: 'Set the option `passphrase`. Or write an unencrypted copy that only its owner can read: `umask 077`, then `openssl pkey -in ENCRYPTED.pem -out qlik.pem`.',
  },
  ERR_KEY_PASSPHRASE: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string }) =>
      `The passphrase does not open ${details.source}, or the key in it is damaged`,
    hint: 'Check the passphrase, and that no line break was added to it, with `openssl pkey -noout -in FILE` or, for PFX, `openssl pkcs12 -noout -in FILE`.',
  },
  ERR_KEY_PFX_PASSPHRASE: {
    kind: 'use',
    status: 500,
    message: (details: { problem: string }) => `The passphrase for the PFX file ${details.problem}`,
    hint: 'Use a long random one, such as `openssl rand -base64 24` prints.',
  },
  ERR_KEY_VARIABLE: {
    kind: 'failure',
    status: 500,
    message: (details: { variable: string }) =>
      `The environment variable ${details.variable} is not set, or empty`,
    hint: 'Set it to the PEM text, with line breaks or \\n in their place, or to base64 of the file.',
  },
  ERR_KEY_WRONG_HALF: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; given: string; needed: string }) =>
      `${details.source} holds a ${details.given} where a ${details.needed} is needed`,
    hint: 'The private key (qlik.pem) signs and stays here; the certificate (qlik.cer) goes to Qlik.',
  },
  ERR_KEY_NO_CERTIFICATE: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; given: string; command: string }) =>
      `${details.source} holds ${details.given}, not a certificate; make one with: ${details.command}`,
    hint: 'It is the public half, but Qlik takes it as an X.509 certificate only. Run the command in the message and give its result.',
  },
  ERR_KEY_TYPE: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; type: string }) =>
      `${details.source} holds a key of type ${details.type}; Qlik accepts only RSA keys`,
    hint: 'Create an RSA key with createKeyPair or `openssl genrsa 3072`.',
  },
  ERR_KEY_SIZE: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; bits: number; min: number; max: number }) =>
      `${details.source} holds an RSA key of ${details.bits} bits; it must have ${details.min} to ${details.max}`,
    hint: 'Create a new key, of 3072 bits unless another size is required.',
  },
  ERR_KEY_EXPONENT: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string }) =>
      `${details.source} holds an RSA key whose public exponent is not 65537`,
    hint: 'Create a new key with createKeyPair or `openssl genrsa 3072`; both use 65537.',
  },
  ERR_KEY_WEAK: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; weakness: string }) =>
      `${details.source} holds a weak RSA key: ${details.weakness}`,
    hint: 'Create a new key with createKeyPair or `openssl genrsa 3072`, and remove this one wherever it is trusted.',
  },
  ERR_KEY_KNOWN: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; origin: string }) =>
      `${details.source} holds a publicly known key: its private half is published in ${details.origin}`,
    hint: 'Create your own key with createKeyPair or `openssl genrsa 3072`, and remove this one wherever it is trusted.',
  },
  ERR_KEY_QLIK_OWN: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; role: string }) =>
      `${details.source} holds the ${details.role} key of a Qlik Sense site, by which its services authenticate each other`,
    hint: 'Create a separate key for tokens with createKeyPair. To try it on a test site, set `insecureQlikCertificate: true`.',
  },
  ERR_KEY_PAIR: {
    kind: 'failure',
    status: 500,
    message: (details: { certificate: string; source: string }) =>
      `The certificate ${details.certificate} does not belong to the private key of ${details.source}`,
    hint: 'Give the certificate that was made with this key. `checkKey` and `jotgate keys check` tell which belong together.',
  },
  ERR_KEY_DAMAGED: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string }) =>
      `${details.source} holds a private key whose signatures do not verify with its own public half`,
    hint: 'The file is damaged: restore it from a backup, or create a new key pair.',
  },
  ERR_KEY_OPTION: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The option ${details.option} ${details.problem}`,
    hint: 'Correct the option, or omit it to get its default.',
  },
  ERR_KEY_JWKS: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; problem: string }) =>
      `${details.source}: the key set ${details.problem}`,
    hint: 'A key set is a JSON object with an array `keys` of public keys, each with its own `kid` (RFC 7517 section 5).',
  },
  ERR_KEY_JWKS_FETCH: {
    kind: 'failure',
    status: 503,
    message: (details: { url: string; problem: string }) =>
      `The key set at ${details.url} cannot be used: ${details.problem}`,
    hint: 'See the cause, and try the address with curl from this machine. jotgate tries again after the cool-down.',
  },
  ERR_KEY_JWKS_KID: {
    kind: 'failure',
    status: 401,
    message: (details: { source: string }) =>
      `${details.source} has no key with the requested key ID`,
    hint: 'Compare the key ID with those in the set. A newly added key is seen after the cool-down.',
  },
  ERR_KEY_EXISTS: {
    kind: 'failure',
    status: 409,
    message: (details: FileDetails) => `${details.file} already exists and was not changed`,
    hint: 'Choose another name or folder. A key that Qlik trusts cannot be recreated once it is gone.',
  },
  ERR_KEY_WRITE: {
    kind: 'failure',
    status: 500,
    message: (details: { folder: string; reason: string }) =>
      `The key pair could not be written to ${details.folder} (${details.reason}); no file was left behind`,
    hint: 'Check that this user may write to the folder and that its disk has space.',
  },
})

/** The codes of this part. */
export type KeyErrorCode = keyof typeof keyErrors

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof keyErrors> {}
}
