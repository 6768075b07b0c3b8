import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KeyPair } from '../create/create-key-pair.ts'

const openssl = (command: string[], input = '') =>
  execFileSync('openssl', command, { input, encoding: 'utf8', stdio: 'pipe' })

/** A PFX file; `options` choose its ciphers. */
export function makePfx(
  { privateKeyPem, certificatePem }: Pick<KeyPair, 'privateKeyPem' | 'certificatePem'>,
  folder: string,
  passphrase: string,
  options: readonly string[],
): Buffer {
  const output = join(folder, 'made.pfx')
  const command = [
    'pkcs12',
    '-export',
    '-out',
    output,
    '-passout',
    `pass:${passphrase}`,
    ...options,
  ]
  openssl(command, privateKeyPem + certificatePem)
  return readFileSync(output)
}

/** PKCS#8 as it was encrypted before PBES2. */
export function makeDesPkcs8(privateKeyPem: string, passphrase: string): string {
  const providers = ['-provider', 'legacy', '-provider', 'default']
  const command = ['pkcs8', '-topk8', '-v1', 'PBE-MD5-DES', '-passout', `pass:${passphrase}`]
  return openssl([...command, ...providers], privateKeyPem)
}

export function makeRequest(privateKeyPem: string, folder: string): string {
  const file = join(folder, 'request-key.pem')
  writeFileSync(file, privateKeyPem, { mode: 0o600 })
  const command = ['req', '-new', '-key', file, '-subj', '/CN=jotgate']
  return openssl(command)
}
