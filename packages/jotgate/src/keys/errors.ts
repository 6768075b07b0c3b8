import { defineErrors } from '../errors/index.ts'

type FileDetails = { file: string }

/** The errors of the part `keys`. No detail holds a byte of a key. */
export const keyErrors = defineErrors('ERR_KEY', {
  ERR_KEY_NOT_FOUND: {
    status: 500,
    message: (details: FileDetails) => `There is no file at ${details.file}`,
    hint: 'Make a key pair (`jotgate keys create`, or createKeyPair and writeKeyPair), or name the file that you have.',
  },
  ERR_KEY_UNREADABLE: {
    status: 500,
    message: (details: FileDetails & { reason: string }) =>
      `The file ${details.file} cannot be read (${details.reason})`,
    hint: 'Make the file readable for the user that runs this process, and for nobody else: chown and chmod 600.',
  },
  ERR_KEY_NOT_A_FILE: {
    status: 500,
    message: (details: FileDetails & { kind: string }) =>
      `${details.file} is a ${details.kind}, not a file`,
    hint: 'Point the option `file` at the PEM file itself.',
  },
  ERR_KEY_TOO_LARGE: {
    status: 500,
    message: (details: { source: string; maxBytes: number }) =>
      `${details.source} is larger than ${details.maxBytes} bytes, more than any key needs`,
    hint: 'Give one key, one certificate or one key set, and nothing else.',
  },
  ERR_KEY_MODE: {
    status: 500,
    message: (details: FileDetails & { mode: string }) =>
      `Others than its owner may use the private key ${details.file} (mode ${details.mode})`,
    hint: 'Take the rights away with chmod 600; if anybody could have read the key, make a new one.',
  },
  ERR_KEY_FORM: {
    status: 500,
    message: (details: { source: string; problem: string }) =>
      `${details.source} ${details.problem}`,
    hint: 'Give one key or certificate, whole: PEM from its BEGIN line to its END line, DER, or PFX; base64 of these is taken too.',
  },
  ERR_KEY_FOREIGN: {
    status: 500,
    message: (details: { source: string; form: string; command: string }) =>
      `${details.source} holds ${details.form}, which is not read here; a copy is converted by: ${details.command}`,
    hint: 'Convert a copy that its owner alone can read (`umask 077`), with the command in the message, and give that.',
  },
  ERR_KEY_ENCRYPTED: {
    status: 500,
    message: (details: { source: string }) => `${details.source} is encrypted with a passphrase`,
    hint: 'Give the option `passphrase`. Or write a copy without one that its owner alone can read, by `umask 077` and `openssl pkey -in ENCRYPTED.pem -out qlik.pem`.',
  },
  ERR_KEY_PASSPHRASE: {
    status: 500,
    message: (details: { source: string }) =>
      `The passphrase does not open ${details.source}, or the key in it is damaged`,
    hint: 'Check the passphrase, also for a line break at its end, by `openssl pkey -noout -in FILE` or, for PFX, `openssl pkcs12 -noout -in FILE`.',
  },
  ERR_KEY_PFX_PASSPHRASE: {
    status: 500,
    message: (details: { problem: string }) =>
      `The passphrase that is to encrypt the PFX file ${details.problem}`,
    hint: 'Take a long one of letters, digits and signs; `openssl rand -base64 24` makes one.',
  },
  ERR_KEY_VARIABLE: {
    status: 500,
    message: (details: { variable: string }) =>
      `The environment variable ${details.variable} is not set, or empty`,
    hint: 'Set it to the PEM text, with line breaks or with \\n for each, or to base64 of the file.',
  },
  ERR_KEY_WRONG_HALF: {
    status: 500,
    message: (details: { source: string; given: string; needed: string }) =>
      `${details.source} holds a ${details.given} where a ${details.needed} is needed`,
    hint: 'The private key (qlik.pem) signs and stays here; the certificate (qlik.cer) goes to Qlik.',
  },
  ERR_KEY_TYPE: {
    status: 500,
    message: (details: { source: string; type: string }) =>
      `${details.source} holds a key of type ${details.type}; Qlik takes RSA keys`,
    hint: 'Make an RSA key with createKeyPair or `openssl genrsa 3072`.',
  },
  ERR_KEY_SIZE: {
    status: 500,
    message: (details: { source: string; bits: number; min: number; max: number }) =>
      `${details.source} holds an RSA key of ${details.bits} bits; it must have ${details.min} to ${details.max}`,
    hint: 'Make a new key, of 3072 bits if nothing else is asked for.',
  },
  ERR_KEY_EXPONENT: {
    status: 500,
    message: (details: { source: string }) =>
      `${details.source} holds an RSA key whose public exponent is not 65537`,
    hint: 'Make a new key with createKeyPair or `openssl genrsa 3072`; both take 65537.',
  },
  ERR_KEY_WEAK: {
    status: 500,
    message: (details: { source: string; weakness: string }) =>
      `${details.source} holds an RSA key that others can break: ${details.weakness}`,
    hint: 'Make a new key with createKeyPair or `openssl genrsa 3072`, and end every trust in this one.',
  },
  ERR_KEY_KNOWN: {
    status: 500,
    message: (details: { source: string; origin: string }) =>
      `${details.source} holds a private key that everybody has: it is printed in ${details.origin}`,
    hint: 'Make a key of your own with createKeyPair or `openssl genrsa 3072`, and end every trust in this one.',
  },
  ERR_KEY_QLIK_OWN: {
    status: 500,
    message: (details: { source: string; role: string }) =>
      `${details.source} holds the ${details.role} key of a Qlik Sense site, with which its services know one another`,
    hint: 'Make a key for tokens alone with createKeyPair. For a first try on a test site, set `insecureQlikCertificate: true`.',
  },
  ERR_KEY_PAIR: {
    status: 500,
    message: (details: { certificate: string; source: string }) =>
      `The certificate ${details.certificate} does not belong to the private key of ${details.source}`,
    hint: 'Give the certificate that was made with this key. Which belongs to which, `checkKey` and `jotgate keys check` tell.',
  },
  ERR_KEY_DAMAGED: {
    status: 500,
    message: (details: { source: string }) =>
      `${details.source} holds a private key whose signature its own public half does not verify`,
    hint: 'The file is damaged: restore it from its backup, or make a new key pair.',
  },
  ERR_KEY_OPTION: {
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The option ${details.option} ${details.problem}`,
    hint: 'Correct the option, or leave it out to get its default.',
  },
  ERR_KEY_JWKS: {
    status: 500,
    message: (details: { source: string; problem: string }) =>
      `${details.source}: the key set ${details.problem}`,
    hint: 'A key set is a JSON object with a list `keys` of public keys, each with a `kid` of its own (RFC 7517 section 5).',
  },
  ERR_KEY_JWKS_FETCH: {
    status: 503,
    message: (details: { url: string; problem: string }) =>
      `The key set at ${details.url} cannot be used: ${details.problem}`,
    hint: 'Look at the cause; check the address with curl from this machine. The next try follows after the cool-down.',
  },
  ERR_KEY_JWKS_KID: {
    status: 401,
    message: (details: { source: string }) =>
      `${details.source} has no key with the key ID that was asked for`,
    hint: 'Compare the key ID with those in the set. A key that was added just now is seen after the cool-down.',
  },
  ERR_KEY_EXISTS: {
    status: 409,
    message: (details: FileDetails) => `${details.file} exists already and stays as it is`,
    hint: 'Choose another name or folder. A key that Qlik trusts cannot be made a second time.',
  },
  ERR_KEY_WRITE: {
    status: 500,
    message: (details: { folder: string; reason: string }) =>
      `The key pair could not be written to ${details.folder} (${details.reason}); nothing was left there`,
    hint: 'Check that the folder can be written by this user and that its disk has room.',
  },
})
