import { JotgateError } from '../../errors/index.ts'
import { checkToken, cloud, decodeToken } from '../../token/index.ts'
import { headerOf } from './exchange.ts'
import { answered, type Fault, failed, partyNames, type StepContext } from './fault.ts'
import { saidIn } from './known-error.ts'
import { bearerOf, type Step } from './recording.ts'
import { removed } from './secrets.ts'

/** Why a token was refused, by what it says and by what came. */
export async function tokenFault(context: StepContext): Promise<Fault | undefined> {
  const { step } = context
  const { exchange, kind } = step
  const isLogin = kind === 'login' || kind === 'gateway-login'
  if (!isLogin || exchange.status < 400 || exchange.status === 429 || exchange.status >= 500)
    return undefined
  const sent = bearerOf(exchange)
  const token = sent === removed ? undefined : sent
  const claims = token === undefined ? undefined : claimsOf(token)
  const isCloud = exchange.url.pathname.endsWith('/login/jwt-session')
  const said = saidIn(context, isCloud ? /login/i : /virtual proxy|a token|HTML page/)
  const evidence = [
    `${answered(step)}${said.words === '' ? '' : ` (${said.words})`}`,
    ...(claims === undefined ? [] : [describe(claims)]),
  ].join('. ')
  const mended =
    timeFault(context, claims, said.words, evidence) ?? usedBefore(context, token, evidence)
  if (mended !== undefined) return mended
  const broken =
    token === undefined ? undefined : await brokenRule(context, token, claims, evidence)
  if (broken !== undefined) return broken
  if (kind === 'gateway-login') return undefined
  const { known } = said
  return failed(
    'har-token-refused',
    `Qlik refused the token${known === undefined ? '' : `: ${known.cause}`}`,
    evidence,
    known?.action ?? tokenHint,
    known?.source,
  )
}

const tokenHint =
  'On Qlik Cloud compare iss and kid with the identity provider, on client-managed Qlik the certificate and the claim names with the virtual proxy. `jotgate token inspect` looks at a new token of the same application.'

interface Claims {
  readonly iss?: unknown
  readonly kid?: unknown
  readonly iat?: number
  readonly nbf?: number
  readonly exp?: number
}

/** What a token says of itself, and nothing of the person. */
function claimsOf(token: string): Claims | undefined {
  try {
    const { header, payload } = decodeToken(token)
    const numbers = (['iat', 'nbf', 'exp'] as const)
      .map((name) => [name, payload[name]] as const)
      .filter(([, value]) => typeof value === 'number' && Math.abs(value) < 1e11)
    return { iss: payload.iss, kid: header.kid, ...Object.fromEntries(numbers) }
  } catch (error) {
    if (error instanceof JotgateError) return undefined
    throw error
  }
}

function describe({ iss, kid, iat, exp }: Claims): string {
  const names = [
    typeof iss === 'string' ? `iss ${short(iss)}` : 'no iss',
    typeof kid === 'string' ? `kid ${short(kid)}` : 'no kid',
    ...(iat === undefined ? [] : [`signed at ${timeOf(iat)}`]),
    ...(exp === undefined ? [] : [`valid until ${timeOf(exp)}`]),
  ]
  return `The token says: ${names.join(', ')} (UTC)`
}

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 77)}…` : text)
const timeOf = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 19)

/** By the clock of whoever verifies it, where the answer tells that; by the browser’s otherwise. */
const nowAt = ({ exchange }: Step): number =>
  (Date.parse(headerOf(exchange.responseHeaders, 'date') ?? '') || exchange.at) / 1000

function timeFault(
  { step }: StepContext,
  claims: Claims | undefined,
  words: string,
  evidence: string,
): Fault | undefined {
  const now = nowAt(step)
  const by = partyNames[step.to]
  const { exp, nbf, iat } = claims ?? {}
  if ((exp !== undefined && exp < now) || /\bexpired\b/i.test(words))
    return failed(
      'har-token-expired',
      'The token has expired before it was used',
      `${evidence}. It was sent at ${timeOf(step.exchange.at / 1000)} by the browser’s clock${exp !== undefined && exp >= now ? `, which is before its end: the clock of ${by === 'Qlik' ? by : 'the gateway'} differs from the one of the server that signs` : ''}`,
      'Set the clocks of the server that signs and of the one that verifies by a time server, and sign a new token for each login: nothing may keep it.',
    )
  const start = nbf ?? iat
  if (
    (start !== undefined && start > now + 60) ||
    /not (yet )?valid (yet|before)|\bnbf\b.*future|not active/i.test(words)
  )
    return failed(
      'har-token-not-yet-valid',
      'The token is not valid yet: the clock of the server that signs is ahead',
      evidence,
      'Set the clock of the server that signs tokens by a time server. jotgate sets nbf 5 s back by itself.',
    )
  return undefined
}

function usedBefore(
  { earlier }: StepContext,
  token: string | undefined,
  evidence: string,
): Fault | undefined {
  const before = earlier.some(
    ({ kind, exchange }) =>
      token !== undefined &&
      (kind === 'login' || kind === 'gateway-login') &&
      bearerOf(exchange) === token &&
      exchange.status < 400 &&
      exchange.status > 0,
  )
  if (!before) return undefined
  return failed(
    'har-token-used-twice',
    'The page used a token for the second time',
    evidence,
    'Ask the application for a new token for each login, and let neither the page nor a cache keep it: the endpoint answers POST with Cache-Control: no-store.',
  )
}

/** What the rules of `jotgate token inspect` say of it. */
async function brokenRule(
  { step }: StepContext,
  token: string,
  claims: Claims | undefined,
  evidence: string,
): Promise<Fault | undefined> {
  if (step.kind !== 'login') return undefined
  const { url } = step.exchange
  const isCloud = url.pathname.endsWith('/login/jwt-session')
  const issuer = typeof claims?.iss === 'string' ? claims.iss : 'unknown'
  try {
    const deployment = isCloud ? cloud({ url: url.origin, issuer }) : undefined
    const at = new Date(nowAt(step) * 1000)
    const { findings } = await checkToken(token, deployment, { at })
    const rule = findings.find(({ effect }) => effect === 'refused')
    if (rule === undefined) return undefined
    const detail = `${evidence}. ${rule.detail}`
    return failed(
      'har-token-rule',
      `Qlik refuses such a token: ${rule.title}`,
      detail,
      rule.hint,
      rule.source,
    )
  } catch (error) {
    if (error instanceof JotgateError) return undefined
    throw error
  }
}
