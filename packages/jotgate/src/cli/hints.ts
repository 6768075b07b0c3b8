import type { JotgateError } from '../errors/index.ts'

/** What a person does at the command line, where the hint of the catalogue speaks of options of a function. */
const hints: Readonly<Record<string, string>> = {
  ERR_KEY_NOT_FOUND: 'Make a key pair by `jotgate keys create`, or name the file that you have.',
  ERR_KEY_NOT_A_FILE:
    'Name the file itself. A private key is read from the standard input by `--key -`.',
  ERR_KEY_ENCRYPTED:
    'Say where its passphrase is: --passphrase-file FILE (- is stdin) or --passphrase-env NAME. On a terminal it is asked for.',
  ERR_KEY_SIZE: 'Make a new key by `jotgate keys create`.',
  ERR_KEY_TYPE: 'Make an RSA key by `jotgate keys create`.',
  ERR_TOKEN_USER:
    'Correct it where it was said: by the option, in the JSON, or in the row. Qlik Cloud needs subject, name and e-mail address, client-managed Qlik the user ID.',
  ERR_GATEWAY_OPTION:
    'Correct it in the configuration file: `jotgate config schema` prints every setting of `gateway`, with its bounds.',
  ERR_QLIK_TIMEOUT:
    'Try again, or give it more time by --timeout. When it happens often, look at the network, and at Qlik Cloud’s status page or the services of your client-managed site.',
}

/** What to do next, in words of the command line. */
export function hintOf({ code, hint }: JotgateError): string {
  return Object.hasOwn(hints, code) ? (hints[code] ?? hint) : hint
}
