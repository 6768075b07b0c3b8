import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { isJotgateError } from '../../errors/index.ts'
import { decodeToken, type RsaPublicJwk, readStrictToken } from '../../token/index.ts'
import { identifyByAssertion } from '../identify/assertion.ts'
import { assertionClaims, loginWith, publicUrl, testNow } from '../identify/issuer.fixture.ts'
import { bytesOf, type FuzzTarget, hold, unlessRefused } from './target.fixture.ts'

const encode = (part: string | Buffer) => Buffer.from(part).toString('base64url')

const jti = 'a-token-id-of-16-or-more'
const claims = JSON.stringify(assertionClaims({ jti }))
const header = '{"alg":"RS256","typ":"JWT","kid":"k-1"}'

/** Signs whatever is given, so that what is behind the signature is reached too. */
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const { n = '', e = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
const jwk: RsaPublicJwk = { kty: 'RSA', n, e, kid: 'k-1', alg: 'RS256', use: 'sig' }
const issuer = 'https://www.acme.example'
const identifier = identifyByAssertion({ issuer, key: jwk })({
  publicUrl,
  clock: () => testNow * 1000,
})

/** Tokens as text, and assertions by what they say. */
export const tokenTargets: readonly FuzzTarget[] = [
  {
    name: 'token',
    seeds: [
      `${encode(header)}.${encode(claims)}.${encode('signature')}`,
      `Bearer ${encode('{"alg":"none"}')}.${encode('{"sub":"\\u0000"}')}.`,
      'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI0MiIsInN1YiI6IjQzIn0.AAAA',
    ],
    check(input) {
      const { token } = readStrictToken(input)
      const decoded = unlessRefused(() => decodeToken(input))
      if (token === undefined) return
      hold(decoded !== undefined, 'what is read for a decision can be displayed')
      hold(isDeepStrictEqual(decoded?.header, token.header), 'both read the same header')
      hold(isDeepStrictEqual(decoded?.payload, token.claims), 'both read the same claims')
      const parts = input.split('.')
      const again = parts.map((part) => encode(Buffer.from(part, 'base64url'))).join('.')
      hold(again === input, 'it is in its one form')
      hold(parts.slice(0, 2).join('.') === token.signedText, 'what was signed is a part of it')
    },
  },
  {
    name: 'assertion',
    seeds: [
      `${header}\n${claims}`,
      `{"alg":"RS256"}\n${JSON.stringify(assertionClaims({ jti, aud: [publicUrl] }))}`,
    ],
    async check(input) {
      const [head = '', ...rest] = input.split('\n')
      const signedText = `${encode(bytesOf(head))}.${encode(bytesOf(rest.join('\n')))}`
      const isRead = readStrictToken(`${signedText}.AAAA`).token !== undefined
      const signature = isRead ? sign('sha256', Buffer.from(signedText), privateKey) : 'AAAA'
      const request = loginWith(`${signedText}.${encode(signature)}`)
      let identity: Awaited<ReturnType<typeof identifier.identify>>
      try {
        identity = await identifier.identify(request)
      } catch (error) {
        if (isJotgateError(error)) return
        throw error
      }
      const said = JSON.parse(bytesOf(rest.join('\n')).toString('utf8'))
      hold(JSON.parse(head).alg === 'RS256', 'the algorithm is the one that was configured')
      hold(said.iss === issuer, 'it is of this issuer')
      hold([said.aud].flat().join() === publicUrl, 'it is for this gateway alone')
      hold(said.jti.length >= 16 && said.jti === identity?.once?.jti, 'it is used once')
      const starts = said.nbf ?? said.iat
      hold(said.exp - starts <= 120 && said.exp > testNow - 30, 'it is valid for a short time')
      hold(said.sub === identity?.user.subject && said.sub !== '', 'it is this person')
      const isVerified = [true, 'true', 1, '1'].includes(said.email_verified)
      hold(identity?.user.emailVerified === isVerified, 'an address counts when it was verified')
    },
  },
]
