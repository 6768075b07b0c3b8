// The emulator's own verifier, called directly, against Wycheproof. The vectors are not in the repository:
// JOTGATE_CORPORA names the folder that holds them, and without it this file says that it was skipped.
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Draft, JudgeContext } from '../../packages/emulator/src/cloud/login/rule.ts'
import { parseStrictObject } from '../../packages/emulator/src/cloud/login/strict-json.ts'
import { decodeCanonicalBase64url } from '../../packages/emulator/src/cloud/login/token-form.ts'
import { trustRules } from '../../packages/emulator/src/cloud/login/trust-rules.ts'
import { createSwitches } from '../../packages/emulator/src/control/switches.ts'

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

/** The emulator's reading and judging, in its order, without its claims. */
function isAccepted(jws: string, key: JsonWebKey, context: JudgeContext): boolean {
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
  return steps.every((step) => step.judge(draft, context) === undefined)
}

/**
 * Right RS256 signatures whose JWK says that the key is for encryption (353, 355) or bound to PS512 (332).
 * An identity provider has its key in PEM, which cannot say so.
 */
const boundByJwkAlone = [332, 353, 355]

describe.skipIf(absent)('Wycheproof at the emulator’s signature step', () => {
  const groups = absent
    ? []
    : (JSON.parse(readFileSync(file, 'utf8')) as { testGroups: Group[] }).testGroups
  const context = { switches: createSwitches().get(), nowMs: 0 } as unknown as JudgeContext

  it('is made of the emulator’s own rules', () => {
    expect(steps.map(({ name }) => name)).toEqual(['algorithm', 'header', 'signature'])
  })

  it('takes the eight valid RS256 vectors and no other', () => {
    const accepted: string[] = []
    const wrong: number[] = []
    for (const { public: publicKey, private: secret, tests } of groups) {
      const key = publicKey ?? secret
      for (const { tcId, jws, result } of tests) {
        if (boundByJwkAlone.includes(tcId)) continue
        const taken = isAccepted(jws, key, context)
        if (taken) accepted.push(String(key.alg))
        if (taken !== (result === 'valid' && key.alg === 'RS256')) wrong.push(tcId)
      }
    }
    expect(wrong).toEqual([])
    expect(accepted).toEqual(Array(8).fill('RS256'))
  })
})
