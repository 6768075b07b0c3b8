import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SigningKey } from 'jotgate'
import { createKeyPair, readCertificate, readSigningKey, writeKeyPair } from 'jotgate/keys'

/** A key of the example, with its certificate. */
interface ProvidedKey {
  readonly key: SigningKey
  readonly certificateLine: string
  /** With its line breaks, as the QMC wants it. */
  readonly certificatePem: string
  readonly file: string
  readonly created: boolean
}

/**
 * Reads a signing key of the example and its certificate; makes them the first time.
 *
 * @param name of the files; each Qlik has a key of its own
 */
export async function provideSigningKey(folder: string, name = 'qlik'): Promise<ProvidedKey> {
  const file = join(folder, `${name}.pem`)
  const created = !existsSync(file)
  if (created) await writeKeyPair({ folder, name, keyPair: await createKeyPair({}) })
  const key = await readSigningKey({ file })
  const certificateFile = join(folder, `${name}.cer`)
  const { certificateLine } = await readCertificate({ file: certificateFile })
  const certificatePem = await readFile(certificateFile, 'utf8')
  return { key, certificateLine, certificatePem, file, created }
}
