import { code, facts, h, json, table } from '../../element.ts'
import { timesOf } from './claim-times.ts'
import type { ShownRequest } from './shown-request.ts'

const outcomes = {
  passed: { sign: '✓', word: 'passed', kind: 'good' },
  refused: { sign: '✕', word: 'refused', kind: 'bad' },
  'not-reached': { sign: '–', word: 'not reached', kind: 'none' },
} as const

function showToken({ token }: ShownRequest): HTMLElement | undefined {
  if (token === undefined) return undefined
  const rows = token.verdict.map(({ rule, outcome, detail }) => {
    const { sign, word, kind } = outcomes[outcome]
    return [
      code(rule),
      h(
        'span',
        { class: 'outcome', 'data-kind': kind },
        h('span', { 'aria-hidden': 'true' }, `${sign} `),
        word,
      ),
      detail ?? '',
    ]
  })
  return h(
    'section',
    {},
    h('h3', {}, 'The token, rule by rule'),
    h(
      'p',
      {},
      token.accepted
        ? 'Every rule passed.'
        : 'The first rule that refuses decides; those after it were not asked.',
    ),
    table('Verdict rule by rule', ['Rule', 'Outcome', 'Why'], rows),
    h('h3', {}, 'Header'),
    json(token.header, 'Header of the token'),
    h('h3', {}, 'Claims'),
    facts(timesOf(token.claims)),
    json(token.claims, 'Claims of the token'),
    h(
      'p',
      { class: 'hint' },
      'The signature is never shown: with it, this page would show a token.',
    ),
  )
}

/** All about one request. */
export function showRequest(request: ShownRequest): HTMLElement {
  const { method, path, status, closeCode, advice, error, setCookies, setCookieAttributes } =
    request
  return h(
    'article',
    {},
    h('h2', { class: 'request-line' }, `${method} ${path}`),
    h(
      'p',
      { class: 'lead' },
      closeCode === undefined
        ? `Answered ${status}`
        : `The web socket was opened and closed with ${closeCode}`,
      error === undefined ? '' : `: ${error.code}, ${error.title}`,
    ),
    ...advice.map(({ why, next }) =>
      h(
        'div',
        { class: 'advice' },
        h('p', {}, h('strong', {}, 'Why: '), why),
        h('p', {}, h('strong', {}, 'What to do: '), next),
      ),
    ),
    facts([
      ['Number', request.number],
      ['At', request.at.replace('T', ' ').replace('Z', ' UTC')],
      ['Host', request.host],
      ['Origin', request.origin ?? 'none: not from a page'],
      ['Virtual proxy', request.virtualProxy],
      ['Web integration', request.webIntegrationId],
      ['Sent by', request.caller],
      ['User', request.userId],
      ['Query', request.query.join(', ')],
      ['Cookies that came', request.cookies.join(', ') || 'none'],
      ...(request.facts ?? []),
      ['Detail', error?.detail],
      ['Fault', request.fault],
      ['Example', request.isExample ? 'The console sent it, to a tenant of its own' : undefined],
    ]),
    showToken(request),
    setCookies.length > 0 && h('h3', {}, 'Cookies that were set'),
    setCookies.length > 0 &&
      table(
        'Cookies that were set',
        ['Name', 'Attributes'],
        setCookies.map((name, index) => [
          code(name),
          (setCookieAttributes?.[index] ?? []).join('; ') || 'none',
        ]),
      ),
    setCookies.length > 0 &&
      h('p', { class: 'hint' }, 'Values are kept nowhere: each of them is a log-in.'),
  )
}
