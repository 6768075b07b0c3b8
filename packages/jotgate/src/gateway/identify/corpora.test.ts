// Tokens that others made to break verifiers, each sent as an assertion: JOTGATE_CORPORA names the folder that holds
// them, and without it this file says that it was skipped.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isJotgateError } from '../../errors/index.ts'
import { identifyByAssertion } from './assertion.ts'
import type { Identifier } from './identity.ts'
import { loginWith, makeIssuer, publicUrl, testNow } from './issuer.fixture.ts'

const folder = `${process.env.JOTGATE_CORPORA ?? ''}/wycheproof`
const absent = !existsSync(folder)
if (absent) console.warn('Skipped: Wycheproof. JOTGATE_CORPORA names no folder that holds it.')

interface Vector {
  tcId: number
  jws: string
}

interface Group {
  public?: object
  private?: object
  tests: Vector[]
}

const readGroups = (file: string): Group[] =>
  (JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as { testGroups: Group[] }).testGroups

const context = { publicUrl, clock: () => testNow * 1000 }

/** With the vector's own key where it may be configured, else with another: then nothing may be accepted either. */
async function identifierOf(key: unknown): Promise<Identifier> {
  const make = (given: object) =>
    // @ts-expect-error the vectors have keys of all kinds
    identifyByAssertion({ issuer: 'https://www.acme.example', key: given })(context)
  try {
    return make({ kid: 'k-1', ...(key as object) })
  } catch {
    return make((await makeIssuer()).jwk)
  }
}

describe.skipIf(absent)('Wycheproof as assertions', () => {
  it.each([
    ['json_web_signature_test.json', 401],
    ['json_web_key_test.json', 26],
  ])('%s: each is answered with 401, and nothing fails otherwise', async (file, expected) => {
    const wrong: string[] = []
    let count = 0
    for (const { public: open, private: secret, tests } of readGroups(file)) {
      const identifier = await identifierOf(open ?? secret)
      for (const { tcId, jws } of tests) {
        count += 1
        const outcome: unknown = await identifier
          .identify(loginWith(jws))
          .catch((error: unknown) => error)
        if (!isJotgateError(outcome, 'ERR_GATEWAY_NOT_IDENTIFIED')) wrong.push(`${tcId}`)
      }
    }
    expect(wrong).toEqual([])
    expect(count).toBe(expected)
  })
})
