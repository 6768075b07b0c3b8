import {
  type Certainty,
  type Effect,
  listNames,
  ownMember,
  type ProductName,
} from '../../values/index.ts'
import type { ClientManagedDeployment } from '../client-managed.ts'
import type { CloudDeployment } from '../deployment.ts'
import { cloudLifetime, longLifetimeSeconds } from '../lifetime.ts'
import { timeZoneOffset, withTimeZone } from './local-time.ts'
import { explainMissing, isNumericDate, timeOf } from './members.ts'
import type { Explanation, Subject, TokenRule } from './rule.ts'
import { distanceInWords, durationInWords } from './time-words.ts'

/**
 * How far clocks may differ where the tolerance is not known: up to here a time is neither right nor wrong,
 * beyond it is wrong.
 */
const assumedToleranceSeconds = 60

/** The products, and `token` where it is not known which one a token is for. */
type Product = ProductName | 'token'

/** Nothing shows that Qlik Cloud compares `iat` with its clock. */
const comparedWithClock: Readonly<Record<Product, readonly string[]>> = {
  token: ['iat', 'nbf', 'exp'],
  cloud: ['nbf', 'exp'],
  'client-managed': ['iat', 'nbf', 'exp'],
}

/** What a product adds to a rule that both have. */
interface Words {
  readonly effect: Effect
  readonly certainty: Certainty
  readonly hint: string
  readonly source: string
}

/** The rules about timestamps that both products have, in the order of their evaluation. */
type SharedRule =
  | 'time-type'
  | 'time-in-milliseconds'
  | 'time-order'
  | 'expired'
  | 'not-yet-valid'
  | 'clock-tolerance'
  | 'issued-in-future'

const shared: Readonly<
  Record<
    SharedRule,
    { title: string; explain(subject: Subject, product: Product): string | Explanation | undefined }
  >
> = {
  'time-type': {
    title: 'A timestamp is not a number of seconds since 1970',
    explain({ claims }) {
      const wrong = ['iat', 'nbf', 'exp'].flatMap((name) => {
        const value = ownMember(claims, name)
        if (value === undefined) return []
        if (typeof value === 'string') return [`\`${name}\` is a string.`]
        return isNumericDate(value) ? [] : [`\`${name}\` is not a timestamp.`]
      })
      return wrong.length === 0 ? undefined : wrong.join(' ')
    },
  },
  'time-in-milliseconds': {
    title: 'A timestamp is in milliseconds',
    explain({ claims, now }: Subject, product: Product) {
      const late = comparedWithClock[product].filter(
        (name) => (timeOf(claims, name) ?? 0) > now * 100,
      )
      return late.length === 0
        ? undefined
        : `${listNames(late)} would be thousands of years from now.`
    },
  },
  'time-order': {
    title: 'The token expires before it becomes valid',
    explain({ claims }) {
      const nbf = timeOf(claims, 'nbf')
      const exp = timeOf(claims, 'exp')
      return nbf !== undefined && exp !== undefined && exp <= nbf
        ? '`exp` is not after `nbf`.'
        : undefined
    },
  },
  expired: {
    title: 'The token has expired',
    explain({ claims, now, clockToleranceSeconds = assumedToleranceSeconds }) {
      const exp = timeOf(claims, 'exp')
      if (exp === undefined || exp + clockToleranceSeconds > now) return undefined
      const detail = `It expired ${distanceInWords(exp - now)}.`
      const made = timeOf(claims, 'iat') ?? timeOf(claims, 'nbf') ?? exp
      return withTimeZone(
        detail,
        timeZoneOffset(made, now) || Math.min(0, timeZoneOffset(exp, made)),
      )
    },
  },
  'not-yet-valid': {
    title: 'The token is not valid yet',
    explain({ claims, now, clockToleranceSeconds = assumedToleranceSeconds }) {
      const nbf = timeOf(claims, 'nbf')
      if (nbf === undefined || nbf <= now + clockToleranceSeconds) return undefined
      const detail = `It becomes valid ${distanceInWords(nbf - now)}.`
      return withTimeZone(
        detail,
        timeZoneOffset(timeOf(claims, 'iat'), now) || timeZoneOffset(nbf, now),
      )
    },
  },
  'clock-tolerance': {
    title: 'Whether the token is valid depends on how far clocks may differ',
    explain({ claims, now, clockToleranceSeconds }) {
      if (clockToleranceSeconds !== undefined) return undefined
      const nbf = timeOf(claims, 'nbf')
      if (nbf !== undefined && nbf > now && nbf <= now + assumedToleranceSeconds)
        return `It becomes valid ${distanceInWords(nbf - now)}.`
      const exp = timeOf(claims, 'exp')
      return exp !== undefined && exp <= now && exp + assumedToleranceSeconds > now
        ? `It expired ${distanceInWords(exp - now)}.`
        : undefined
    },
  },
  'issued-in-future': {
    title: 'The token says that it was issued in the future',
    explain({ claims, now, clockToleranceSeconds = 0 }) {
      const iat = timeOf(claims, 'iat')
      return iat === undefined || iat <= now + clockToleranceSeconds
        ? undefined
        : withTimeZone(`\`iat\` is ${distanceInWords(iat - now)}.`, timeZoneOffset(iat, now))
    },
  },
}

function sharedRules(product: Product, words: Readonly<Record<SharedRule, Words>>): TokenRule[] {
  return (Object.keys(shared) as SharedRule[]).map((name) => ({
    about: 'claims',
    id: `${product}-${name}`,
    title: shared[name].title,
    ...words[name],
    explain: (subject) => shared[name].explain(subject, product),
  }))
}

const numericDate = 'RFC 7519 section 2 (NumericDate)'
const order = 'RFC 7519 sections 4.1.4 and 4.1.5'
const login = 'https://qlik.dev/apis/rest/login/'
const nprinting = 'help.qlik.com, "JWT authentication" of NPrinting: `exp` and `nbf` are used'

const numbers = 'Write `iat`, `nbf` and `exp` as numbers: `Math.floor(Date.now() / 1000)`.'
const divide = 'Divide by 1000: JWT counts seconds, JavaScript’s `Date.now()` milliseconds.'
const swap =
  'Set `nbf` before `exp`. A negative or empty lifetime makes a token that is never valid.'
const setClock =
  'Set the clock of the machine that signs, and let `nbf` lie a few seconds in the past.'

/** When a token for Qlik Cloud is valid, and for how long. */
export const cloudTimeRules: readonly TokenRule<CloudDeployment>[] = [
  {
    about: 'claims',
    id: 'cloud-issued-at-missing',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token does not say when it was issued',
    hint: 'Put the current time into `iat`, in seconds since 1970.',
    source: login,
    explain: ({ claims }) => explainMissing(claims, 'iat', ['issuedAt', 'issued_at', 'created']),
  },
  {
    about: 'claims',
    id: 'cloud-not-before-missing',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token does not say when it becomes valid',
    hint: 'Put a time a few seconds ago into `nbf`: in jsonwebtoken the option `notBefore: "-5s"`.',
    source: `Qlik Community, article 2435784, quotes "JWT_LOGIN_VALIDATIONS Missing required claim: nbf"; ${login}`,
    explain: ({ claims }) =>
      explainMissing(claims, 'nbf', ['notBefore', 'not_before', 'validFrom']),
  },
  {
    about: 'claims',
    id: 'cloud-expiry-missing',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token does not say when it expires',
    hint: 'Put a time about a minute ahead into `exp`; at most an hour after `nbf`.',
    source: login,
    explain: ({ claims }) => explainMissing(claims, 'exp', ['expires', 'expiresIn', 'expiry']),
  },
  ...sharedRules('cloud', {
    'time-type': {
      effect: 'refused',
      certainty: 'inferred',
      hint: numbers,
      source: numericDate,
    },
    'time-in-milliseconds': {
      effect: 'refused',
      certainty: 'inferred',
      hint: divide,
      source: numericDate,
    },
    'time-order': { effect: 'refused', certainty: 'inferred', hint: swap, source: order },
    expired: {
      effect: 'refused',
      certainty: 'verified',
      hint: 'Sign a token when it is used, not before, and keep none. If it is fresh, set the clock of the machine that signs.',
      source: `${login}: \`exp\`; RFC 7519 section 4.1.4`,
    },
    'not-yet-valid': {
      effect: 'refused',
      certainty: 'verified',
      hint: setClock,
      source: `${login}: "The current unix time must be passed this value"`,
    },
    'clock-tolerance': {
      effect: 'unknown',
      certainty: 'unknown',
      hint: 'Let `nbf` lie a few seconds in the past and use the token at once; or set `clockToleranceSec` in the identity provider, and give it here as `clockToleranceSeconds`, in the command as `--clock-tolerance`.',
      source:
        'https://qlik.dev/apis/rest/identity-providers/: `clockToleranceSec`; its default was looked for and not found',
    },
    'issued-in-future': {
      effect: 'unknown',
      certainty: 'unknown',
      hint: 'Set the clock of the machine that signs. Whether Qlik compares `iat` with its clock is not known.',
      source: 'RFC 7519 section 4.1.6; whether Qlik looks at `iat` was looked for and not found',
    },
  }),
  {
    about: 'claims',
    id: 'cloud-validity-window',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token is valid for longer than an hour',
    hint: 'Keep `exp` - `nbf` at 3600 seconds or less; a minute is enough. The Qlik session does not end with the token.',
    source: `${login}: "the time window between exp and nbf should not exceed 1 hour"; an hour exactly is seen in article 2435784`,
    explain({ claims }) {
      const seconds = (timeOf(claims, 'exp') ?? Number.NaN) - (timeOf(claims, 'nbf') ?? Number.NaN)
      return seconds > cloudLifetime.maxSeconds
        ? `From \`nbf\` to \`exp\` it is ${durationInWords(seconds)}.`
        : undefined
    },
  },
  {
    about: 'claims',
    id: 'cloud-not-before-after-issue',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The token is not valid at the moment at which it is issued',
    hint: 'Let `nbf` lie a few seconds in the past. Qlik’s guide has `notBefore: "1s"`: a token that is used at once may be refused then.',
    source: `https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/ against ${login}`,
    explain({ claims }) {
      const iat = timeOf(claims, 'iat')
      const nbf = timeOf(claims, 'nbf')
      return iat !== undefined && nbf !== undefined && nbf > iat
        ? `\`nbf\` is ${durationInWords(nbf - iat)} after \`iat\`.`
        : undefined
    },
  },
]

/** When a token for client-managed Qlik is valid, and for how long. */
export const clientManagedTimeRules: readonly TokenRule<ClientManagedDeployment>[] = [
  {
    about: 'claims',
    id: 'client-managed-expiry-missing',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The token never expires',
    hint: 'Put a time about a minute ahead into `exp`. Without it whoever finds the token is this user until the certificate is replaced.',
    source:
      'Qlik’s own examples (enigma.js, qs-jwt-examples) sign without `exp`, so such tokens are accepted',
    explain: ({ claims }) =>
      Object.hasOwn(claims, 'exp') ? undefined : 'The payload has no `exp`.',
  },
  {
    about: 'claims',
    id: 'client-managed-long-life',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The token is valid for a day or longer',
    hint: 'Keep it at a minute: the token opens a session, and the session does not end with it. A token cannot be revoked before it expires.',
    source:
      'Qlik sets no limit; that a token cannot be revoked: https://github.com/ptarmiganlabs/qs-jwt',
    explain({ claims, now }) {
      const exp = timeOf(claims, 'exp')
      if (exp === undefined) return undefined
      const from = timeOf(claims, 'nbf') ?? timeOf(claims, 'iat') ?? now
      return exp - from >= longLifetimeSeconds
        ? `It is valid for ${durationInWords(exp - from)}.`
        : undefined
    },
  },
  ...sharedRules('client-managed', {
    'time-type': {
      effect: 'refused',
      certainty: 'inferred',
      hint: numbers,
      source: numericDate,
    },
    'time-in-milliseconds': {
      effect: 'advice',
      certainty: 'inferred',
      hint: `${divide} With such an \`exp\` the token never expires.`,
      source: numericDate,
    },
    'time-order': { effect: 'refused', certainty: 'inferred', hint: swap, source: order },
    expired: {
      effect: 'refused',
      certainty: 'inferred',
      hint: 'Sign a token when it is used. If it is fresh, set the clock of the machine that signs.',
      source: `${nprinting}; bintocher/qlik-sense-mcp, measured: 401`,
    },
    'not-yet-valid': {
      effect: 'refused',
      certainty: 'inferred',
      hint: setClock,
      source: nprinting,
    },
    'clock-tolerance': {
      effect: 'unknown',
      certainty: 'unknown',
      hint: 'Let `nbf` lie a few seconds in the past, use the token at once, and keep the clocks of both machines right. The server’s tolerance is not published; one that you know is given as `clockToleranceSeconds`, in the command as `--clock-tolerance`.',
      source: 'Looked for at help.qlik.com, and not found',
    },
    'issued-in-future': {
      effect: 'advice',
      certainty: 'inferred',
      hint: 'Set the clock of the machine that signs: a wrong clock is among the causes of a 401.',
      source: 'bintocher/qlik-sense-mcp dates `iat` 30 seconds back; RFC 7519 section 4.1.6',
    },
  }),
]

const refused = { effect: 'refused', certainty: 'inferred' } as const

/** When a token is valid, where it is not known which product it is for. */
export const tokenTimeRules: readonly TokenRule[] = sharedRules('token', {
  'time-type': { ...refused, hint: numbers, source: numericDate },
  'time-in-milliseconds': { ...refused, hint: divide, source: numericDate },
  'time-order': { ...refused, hint: swap, source: order },
  expired: {
    ...refused,
    hint: 'Sign a token when it is used. If it is fresh, set the clock of the machine that signs.',
    source: 'RFC 7519 section 4.1.4',
  },
  'not-yet-valid': { ...refused, hint: setClock, source: 'RFC 7519 section 4.1.5' },
  'clock-tolerance': {
    effect: 'unknown',
    certainty: 'unknown',
    hint: 'Let `nbf` lie a few seconds in the past and use the token at once; or give the tolerance as `clockToleranceSeconds`, in the command as `--clock-tolerance`.',
    source: 'RFC 7519 sections 4.1.4 and 4.1.5: "some small leeway"',
  },
  'issued-in-future': {
    effect: 'advice',
    certainty: 'inferred',
    hint: 'Set the clock of the machine that signs.',
    source: 'RFC 7519 section 4.1.6',
  },
})
