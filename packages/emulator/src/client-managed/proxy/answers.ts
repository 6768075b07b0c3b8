import type { RecordedFailure } from '../../control/recorder.ts'
import type { TargetFlaw } from '../../http/request-target.ts'
import { escapeHtml } from '../../pages/escape-html.ts'
import type { ClientManagedSwitches } from '../switches.ts'

/** What the proxy answers when it refuses: a text or a page, as Qlik's own. */
export interface ProxyRefusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The same for the record of requests. */
  readonly failure: RecordedFailure
  /** The switch that decides whether it is refused. */
  readonly decidedBy?: keyof ClientManagedSwitches
  /** Switches that decide status or body. */
  readonly shapedBy?: readonly (keyof ClientManagedSwitches)[]
}

/** What of a refusal goes to the record of requests. */
export function toRecordedRefusal({ failure: error, decidedBy, shapedBy }: ProxyRefusal) {
  return {
    error,
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(shapedBy === undefined ? {} : { shapedBy }),
  }
}

/** The texts that public material shows. */
export const proxyTexts = {
  wrongHeader: 'The http request header is incorrect.',
  expectedHeader: 'Could not authenticate the request: Expected an authentication header.',
  xsrf: 'XSRF prevention check failed. Possible XSRF discovered.',
  crossSiteSocket:
    'Cross-Site Websocket Hijacking attack prevention check failed. Possible Cross-Site Websocket Hijacking attack (CSWSH) discovered.',
} as const

const html = { 'content-type': 'text/html; charset=utf-8' }
const text = { 'content-type': 'text/plain; charset=utf-8' }

/** Qlik's own page is styled and of 88 kB; its text is what one looks for. */
function toPage(status: number, message: string): string {
  const shown = escapeHtml(message)
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Error ${status}</title></head>
<body><h1>Error ${status}</h1><p>${shown}</p></body>
</html>
`
}

/** Makes a refusal of a text, alone or in a page. */
export function refuseWith(
  status: number,
  message: string,
  more: {
    form?: 'text' | 'html' | 'empty'
    detail?: string
    decidedBy?: keyof ClientManagedSwitches | undefined
    shapedBy?: readonly (keyof ClientManagedSwitches)[]
  } = {},
): ProxyRefusal {
  const { form = 'text', detail, decidedBy, shapedBy } = more
  const refusal = {
    status,
    failure: {
      code: `HTTP-${status}`,
      title: message,
      ...(detail === undefined ? {} : { detail }),
    },
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(shapedBy === undefined ? {} : { shapedBy }),
  }
  return form === 'html'
    ? { ...refusal, headers: html, body: toPage(status, message) }
    : { ...refusal, headers: text, body: form === 'empty' ? '' : message }
}

const flaws: Readonly<Record<TargetFlaw, string>> = {
  'header-twice': 'Host and Authorization may each come once',
  'not-origin-form': 'The target is not a path',
  'foreign-host': 'The emulator answers to localhost, *.localhost, 127.0.0.1 and [::1]',
}

/** A request that was not meant for this server. */
export function wrongTarget(flaw: TargetFlaw): ProxyRefusal {
  return wrongHeader(flaws[flaw])
}

/** A prefix that no virtual proxy of this proxy has, or a host that is not this server. */
export function wrongHeader(detail: string): ProxyRefusal {
  return refuseWith(400, proxyTexts.wrongHeader, { form: 'html', detail })
}
