// The emulator's own verifier, called directly, against Wycheproof. The vectors are not in the repository:
// JOTGATE_CORPORA names the folder that holds them, and without it this file says that it was skipped.
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Draft, VerificationContext } from '../../packages/emulator/src/cloud/login/rule.ts'
import { trustRules } from '../../packages/emulator/src/cloud/login/trust-rules.ts'
import { cloudSwitches } from '../../packages/emulator/src/cloud/switch-definitions.ts'
import { createSwitches } from '../../packages/emulator/src/control/switches.ts'
import { parseStrictObject } from '../../packages/emulator/src/jwt/strict-json.ts'
import { decodeCanonicalBase64url } from '../../packages/emulator/src/jwt/token-form.ts'

const file = `${process.env.JOTGATE_CORPORA ?? ''}/wycheproof/json_web_signature_test.json`
const absent = !existsSync(file)
if (absent) console.warn('Skipped: Wycheproof. JOTGATE_CORPORA names no folder that holds it.')

interface Group {
  public?: JsonWebKey & { alg?: string }
  private: JsonWebKey & { alg?: string }
  tests: { tcId: number; jws: string; result: 'valid' | 'invalid' }[]
}

/** The rules of trust that need no claims: the payload of a vector is some text, no JSON. */
const steps = trustRules.filter(({ name }) => /^(algorithm|header|signature)$/.test(name))

/** What the emulator reads and verifies, in its order, without its claims. */
function isAccepted(jws: string, key: JsonWebKey, context: VerificationContext): boolean {
  const parts = jws.split('.')
  const [header, payload, signature] = parts.map((part) => decodeCanonicalBase64url(part))
  if (parts.length !== 3 || !header || !payload || !signature) return false
  const read = parseStrictObject(header)
  if ('flaw' in read || key.kty !== 'RSA') return false
  const publicKey = createPublicKey({ key, format: 'jwk' })
  const draft = {
    header: read.object,
    claims: {},
    signedText: jws.slice(0, jws.lastIndexOf('.')),
    signature,
    identityProvider: { publicKey },
  } as unknown as Draft
  return steps.every((step) => step.check(draft, context) === undefined)
}

/**
 * Right signatures whose JWK alone makes them wrong: bound to PS512 (332 to 340), for encryption (353, 355).
 * An identity provider has its key in PEM, which cannot say so.
 */
const boundByJwkAlone = [332, 334, 336, 338, 340, 353, 355]

describe.skipIf(absent)('Wycheproof at the emulator’s signature step', () => {
  const groups = absent
    ? []
    : (JSON.parse(readFileSync(file, 'utf8')) as { testGroups: Group[] }).testGroups
  const contextWith = (algorithms: 'RS256' | 'RSA') =>
    ({
      switches: createSwitches(cloudSwitches, { algorithms }).get(),
      nowMs: 0,
    }) as unknown as VerificationContext

  /** The vectors with a wrong result, and the algorithms of those that are taken. */
  function verifyAll(algorithms: 'RS256' | 'RSA', isTaken: (alg: string) => boolean) {
    const accepted: Record<string, number> = {}
    const wrong: number[] = []
    for (const { public: publicKey, private: secret, tests } of groups) {
      const key = publicKey ?? secret
      for (const { tcId, jws, result } of tests) {
        if (boundByJwkAlone.includes(tcId)) continue
        const taken = isAccepted(jws, key, contextWith(algorithms))
        if (taken) accepted[String(key.alg)] = (accepted[String(key.alg)] ?? 0) + 1
        if (taken !== (result === 'valid' && isTaken(String(key.alg)))) wrong.push(tcId)
      }
    }
    return { wrong, accepted }
  }

  it('is made of the emulator’s own rules', () => {
    expect(steps.map(({ name }) => name)).toEqual(['algorithm', 'header', 'signature'])
  })

  it('takes the eight valid RS256 vectors and no other', () => {
    const { wrong, accepted } = verifyAll('RS256', (alg) => alg === 'RS256')
    expect(wrong).toEqual([])
    expect(accepted).toEqual({ RS256: 8 })
  })

  it('takes the valid ones of all RSA algorithms and no other, where the switch is set so', () => {
    const { wrong, accepted } = verifyAll('RSA', (alg) => /^[RP]S(256|384|512)$/.test(alg))
    expect(wrong).toEqual([])
    expect(accepted).toEqual({ RS256: 8, RS384: 4, RS512: 4, PS256: 8, PS384: 4, PS512: 4 })
  })
})
