import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SigningKey } from 'jotgate'
import { createKeyPair, readCertificate, readSigningKey, writeKeyPair } from 'jotgate/keys'

const name = 'qlik'

/** Reads the example's signing key and certificate; makes them the first time. */
export async function provideSigningKey(
  folder: string,
): Promise<{ key: SigningKey; certificateLine: string; file: string; created: boolean }> {
  const file = join(folder, `${name}.pem`)
  const created = !existsSync(file)
  if (created) await writeKeyPair({ folder, name, keyPair: await createKeyPair({}) })
  const key = await readSigningKey({ file })
  const { certificateLine } = await readCertificate({ file: join(folder, `${name}.cer`) })
  return { key, certificateLine, file, created }
}
