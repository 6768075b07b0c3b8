import { headerOf } from './exchange.ts'
import {
  answered,
  type Fault,
  failed,
  failureIn,
  pageIn,
  partyNames,
  quoted,
  type StepContext,
} from './fault.ts'
import { saidIn } from './known-error.ts'
import { originOf } from './recording.ts'

/** Why a frame stays empty. */
export function frameFault(context: StepContext): Fault | undefined {
  const { step, recording } = context
  const { exchange } = step
  if (exchange.kind !== 'frame' || step.kind !== 'frame') return undefined
  const { responseHeaders, failure = '', status } = exchange
  const policy = headerOf(responseHeaders, 'content-security-policy') ?? ''
  const ancestors = ancestorsIn(policy)
  const options = headerOf(responseHeaders, 'x-frame-options')?.trim().toUpperCase()
  const page = pageIn(recording)
  const own = originOf(exchange)
  const isRefused =
    ancestors === undefined
      ? options === 'DENY' || (options === 'SAMEORIGIN' && own !== recording.pageOrigin)
      : recording.pageOrigin !== undefined &&
        !ancestors.some((one) => matches(one, recording.pageOrigin ?? '', own))
  const said = answered(step)
  if (isRefused || /BLOCKED_BY_RESPONSE/.test(failure)) {
    const rule =
      ancestors === undefined
        ? options === undefined
          ? (failureIn(context) ?? 'the browser showed nothing')
          : `X-Frame-Options: ${quoted(context, options)}`
        : `Content-Security-Policy: frame-ancestors ${quoted(context, ancestors.join(' '))}`
    return failed(
      'har-frame-refused',
      `${partyNames[step.to]} does not let the page ${page} show it in a frame`,
      `${said}, with ${rule}`,
      step.to === 'gateway'
        ? `Add ${page} to \`allowedOrigins\` of the gateway.`
        : ancestors === undefined
          ? 'Take X-Frame-Options out of the additional response headers of the virtual proxy, or of the proxy before it, or name the page in frame-ancestors instead.'
          : `On Qlik Cloud add ${page} to the Content Security Policy (Administration, Content Security Policy) with the directive frame-ancestors; on client-managed Qlik to the additional response headers of the virtual proxy.`,
      'https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/frame-ancestors',
    )
  }
  if (status < 400) return undefined
  const { words, known } = saidIn(context)
  return failed(
    'har-frame-answer',
    `The frame shows an error${known === undefined ? '' : `: ${known.cause}`}`,
    `${said}${words === '' ? '' : ` (${words})`}`,
    known?.action ?? 'Open the frame’s address in a tab of its own: what stands there says more.',
    known?.source,
  )
}

/** The sources of frame-ancestors; undefined where the policy has no such directive. */
function ancestorsIn(policy: string): readonly string[] | undefined {
  const directive = policy
    .split(/[;,]/)
    .map((part) => part.trim().split(/\s+/))
    .find(([name]) => name?.toLowerCase() === 'frame-ancestors')
  return directive?.slice(1)
}

/** Whether a source of a policy is this page’s origin: CSP level 3, section 6.7.2.8. */
function matches(source: string, page: string, own: string): boolean {
  if (source === "'self'") return page === own
  if (source === "'none'") return false
  const url = new URL(page)
  if (source === '*') return true
  if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return url.protocol === source.toLowerCase()
  const [, scheme, host = '', port] =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^:/]+)(?::(\d+|\*))?\/?$/i.exec(source) ?? []
  // A source without a scheme has that of Qlik’s page; http may become https.
  const wanted = `${scheme ?? new URL(own).protocol.slice(0, -1)}:`
  if (url.protocol !== wanted && !(wanted === 'http:' && url.protocol === 'https:')) return false
  const name = host.toLowerCase()
  const isHost = name.startsWith('*.')
    ? url.hostname.endsWith(name.slice(1))
    : url.hostname === name
  return isHost && (port === '*' || portOf(url) === (port ?? portOf(new URL(`${url.protocol}//x`))))
}

const portOf = ({ port, protocol }: URL) => port || (protocol === 'https:' ? '443' : '80')
