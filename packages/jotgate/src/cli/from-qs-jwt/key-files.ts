import { createNewFiles, isSystemError } from '../../files/index.ts'
import { createKeyPair, readSigningKey } from '../../keys/index.ts'
import type { SigningKey } from '../../token/index.ts'
import type { Call } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { orInterrupted } from '../interruption.ts'
import { noteDifference, wantsNewKey } from './options.ts'

/** The key that qs-jwt's options name, in its order: a new one, the text, the file. */
export async function readOldKey(call: Call, kid: string | undefined): Promise<SigningKey> {
  const named = kid === undefined ? {} : { kid }
  const { values } = call
  if (wantsNewKey(call)) {
    if (values.isOn('certPrivatekey') || values.isOn('certPrivatekeyFile'))
      call.note(
        'warning: --cert-create was given too, so a new key signs, and the other one does not',
      )
    return readSigningKey({ pem: await createKeyFiles(call), ...named })
  }
  const pem = values.text('certPrivatekey')
  if (pem !== undefined)
    return readSigningKey({ pem, source: 'The text of --cert-privatekey', ...named })
  return readSigningKey({ file: values.text('certPrivatekeyFile') ?? '', ...named })
}

/** The three files of qs-jwt, by its names; 4096 bits as there. None is overwritten. */
async function createKeyFiles(call: Call): Promise<string> {
  const days = Number(call.values.text('certCreateExpiresDays'))
  const prefix = call.values.text('certFilePrefix') ?? ''
  const names = [
    { file: `${prefix}publickey.pem`, mode: 0o644 },
    { file: `${prefix}privatekey.pem`, mode: 0o600 },
    { file: `${prefix}publickey.cer`, mode: 0o644 },
  ]
  const files = await toCliError(() => createNewFiles(names))
  try {
    const { publicKeyPem, privateKeyPem, certificatePem } = await orInterrupted(
      call.signal,
      createKeyPair({ bits: 4096, days, clock: call.clock }),
    )
    await toCliError(() => files.write([publicKeyPem, privateKeyPem, certificatePem]))
    noteDifference(
      call,
      'the private key is PKCS#8 with mode 0600, so that nobody else reads it; the certificate is signed with SHA-256, since SHA-1 is broken; and no file is overwritten, since Qlik has the first certificate',
    )
    call.note(`made ${names.map(({ file }) => file).join(', ')}`)
    return privateKeyPem
  } catch (error) {
    await files.discard()
    throw error
  }
}

async function toCliError<Value>(step: () => Promise<Value>): Promise<Value> {
  try {
    return await step()
  } catch (error) {
    if (!isSystemError(error)) throw error
    const { path: file = 'the key files', code: reason } = error
    if (reason === 'EEXIST') throw cliErrors.ERR_CLI_EXISTS({ file }, { cause: error })
    throw cliErrors.ERR_CLI_OUT({ file, reason }, { cause: error })
  }
}
