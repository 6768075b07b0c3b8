import { open, unlink } from 'node:fs/promises'
import type { KeyPair } from '../../keys/index.ts'
import type { SigningKey } from '../../token/index.ts'
import type { Call } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { reasonOf } from '../result.ts'
import { noteDifference, wantsNewKey } from './options.ts'

/** The key that qs-jwt's options name, in its order: a new one, the text, the file. */
export async function readOldKey(call: Call, kid: string | undefined): Promise<SigningKey> {
  const { readSigningKey } = await import('../../keys/index.ts')
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
  if (pem !== undefined) return readSigningKey({ pem, ...named })
  return readSigningKey({ file: values.text('certPrivatekeyFile') ?? '', ...named })
}

/** The three files of qs-jwt, by its names; 4096 bits as there. None is overwritten. */
async function createKeyFiles(call: Call): Promise<string> {
  const days = Number(call.values.text('certCreateExpiresDays'))
  const prefix = call.values.text('certFilePrefix') ?? ''
  const { createKeyPair } = await import('../../keys/index.ts')
  const files = namesFor(prefix)
  const handles = await openNew(files.map(([file, , mode]) => ({ file, mode })))
  try {
    const pair = await createKeyPair({ bits: 4096, days, clock: call.clock })
    for (const [index, [, part]] of files.entries()) await handles[index]?.writeFile(pair[part])
    noteDifference(
      call,
      'the private key is PKCS#8 with mode 0600, so that nobody else reads it; the certificate is signed with SHA-256, since SHA-1 is broken; and no file is overwritten, since Qlik has the first certificate',
    )
    call.note(`made ${files.map(([file]) => file).join(', ')}`)
    return pair.privateKeyPem
  } catch (error) {
    await Promise.all(files.map(([file]) => unlink(file).catch(() => undefined)))
    throw error
  } finally {
    await Promise.all(handles.map((handle) => handle.close()))
  }
}

function namesFor(prefix: string) {
  return [
    [`${prefix}publickey.pem`, 'publicKeyPem', 0o644],
    [`${prefix}privatekey.pem`, 'privateKeyPem', 0o600],
    [`${prefix}publickey.cer`, 'certificatePem', 0o644],
  ] as const satisfies readonly (readonly [string, keyof KeyPair, number])[]
}

/** All three names are taken before the key is made; when one is in use, the others are given back. */
async function openNew(files: readonly { file: string; mode: number }[]) {
  const handles: Awaited<ReturnType<typeof open>>[] = []
  for (const [index, { file, mode }] of files.entries()) {
    try {
      handles.push(await open(file, 'wx', mode))
    } catch (error) {
      await Promise.all(handles.map((handle) => handle.close()))
      await Promise.all(files.slice(0, index).map((made) => unlink(made.file)))
      if (reasonOf(error) === 'EEXIST') throw cliErrors.ERR_CLI_EXISTS({ file }, { cause: error })
      throw cliErrors.ERR_CLI_OUT({ file, reason: reasonOf(error) }, { cause: error })
    }
  }
  return handles
}
