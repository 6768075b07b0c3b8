// nst/JSONTestSuite through the reading of header and claims. It is not in the repository:
// JOTGATE_CORPORA names the folder that holds it, and without it this file says that it was skipped.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toBase64url } from './base64url.ts'
import { inspectToken } from './inspect.ts'
import { readTokenText } from './token-text.ts'

const folder = `${process.env.JOTGATE_CORPORA ?? ''}/jsontestsuite/test_parsing`
const absent = !existsSync(folder)
if (absent) console.warn('Skipped: JSONTestSuite. JOTGATE_CORPORA names no folder that holds it.')

function readBoth(file: string) {
  const part = toBase64url(readFileSync(`${folder}/${file}`))
  const token = `${part}.${part}.AA`
  expect(() => inspectToken(token)).not.toThrow()
  return { token, ...readTokenText(token) }
}

describe.skipIf(absent)('JSONTestSuite as header and claims', () => {
  const files = absent ? [] : readdirSync(folder)
  const withPrefix = (prefix: string) => files.filter((file) => file.startsWith(prefix))

  it('reads each of the 95 that must be read: objects as such, others as no object', () => {
    const good = withPrefix('y_')
    expect(good).toHaveLength(95)
    for (const file of good) {
      const { header, payload } = readBoth(file)
      const value: unknown = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
      expect(header?.value, file).toEqual(isObject ? value : undefined)
      expect(header?.flaw, file).toBe(isObject ? undefined : 'no-object')
      expect(payload, file).toEqual(header)
    }
  })

  it('reads none of the 188 that must be refused', () => {
    const bad = withPrefix('n_')
    expect(bad).toHaveLength(188)
    for (const file of bad) {
      const { header, token } = readBoth(file)
      // The two longest are beyond what is taken apart at all.
      if (token.length > 65_536) expect(header, file).toBeUndefined()
      else expect(header?.flaw, file).toMatch(/^(json|utf-8)$/)
    }
  })

  it('reads the 35 that a reader may refuse by strict UTF-8, without throwing', () => {
    const either = withPrefix('i_')
    expect(either).toHaveLength(35)
    for (const file of either) {
      const { header } = readBoth(file)
      expect(String(header?.flaw), file).toMatch(/^(json|utf-8|no-object|too-deep|undefined)$/)
      const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
      let utf8 = true
      try {
        decoder.decode(readFileSync(`${folder}/${file}`))
      } catch {
        utf8 = false
      }
      expect(header?.flaw === 'utf-8', file).toBe(!utf8)
    }
  })
})
