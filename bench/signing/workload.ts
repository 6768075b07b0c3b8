import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What every candidate signs: a user as hosts have them, some 400 bytes of claims. */
export const user = {
  subject: 'auth0|63f1c0de8b2a4e7d9c015a42',
  name: 'Ada Lovelace',
  email: 'ada.lovelace@acme.example',
  emailVerified: true,
  groups: ['sales', 'finance-emea', 'readers'],
}

export const issuer = 'acme.example'
export const url = 'https://acme.eu.qlikcloud.com'
export const kid = 'acme-1'

/** The same claims for libraries that know nothing of Qlik. */
export function claimsNow() {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: issuer,
    aud: 'qlik.api/login/jwt-session',
    sub: user.subject,
    subType: 'user',
    name: user.name,
    email: user.email,
    email_verified: user.emailVerified,
    groups: user.groups,
    jti: randomBytes(32).toString('base64url'),
    iat: now,
    nbf: now - 5,
    exp: now + 55,
  }
}

/** A key of this run alone, in a folder that goes with it. */
export function makeKeyFile(bits: number): { file: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'jotgate-bench-'))
  const file = join(folder, 'key.pem')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  return { file, remove: () => rmSync(folder, { recursive: true }) }
}
