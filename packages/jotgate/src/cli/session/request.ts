import { type Call, type CommandSpec, type Outcome, resultOptions } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { readInput } from '../read-input.ts'
import { readEntrance, sessionOptions } from './credentials.ts'
import { createRestClient, type RestClient, refusalOf } from './rest-call.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** `jotgate request`. */
export const request: CommandSpec = {
  name: 'request',
  summary: 'one authenticated REST call',
  description:
    'Opens a session, makes one call of Qlik’s REST as that user, prints the answer’s body, and ends the session.',
  operands: [
    { name: 'method', description: methods.join(', ') },
    { name: 'path', description: 'the path, such as /api/v1/items?limit=10' },
  ],
  options: [
    {
      flags: '--data <text>',
      description: 'the body; @FILE takes a file, - the standard input',
      onlyFlag: true,
    },
    {
      flags: '--content-type <text>',
      description: 'the type of the body',
      otherwise: 'application/json',
    },
    { flags: '--all-pages', description: 'follow links.next and print { "data": [all of them] }' },
    ...sessionOptions,
    ...resultOptions,
  ],
  examples: [
    'jotgate request GET /api/v1/items --deployment prod --user-json ada.json --all-pages',
    'jotgate request POST /api/v1/spaces --data @space.json --deployment prod --user-json ada.json',
  ],
  notes:
    'A session that has ended is opened again once; after 429 it waits as long as Qlik asks, three times.\nExit code 1 unless Qlik answers with 2xx. With --json: { status, contentType, body }.',
  async run(call) {
    const method = methods.find((one) => one === call.operands[0]?.toUpperCase())
    if (method === undefined) throw call.refuse(`the method must be one of ${methods.join(', ')}`)
    const path = call.operands[1] ?? ''
    const allPages = call.values.isOn('allPages')
    if (allPages && method !== 'GET') throw call.refuse('--all-pages is for GET')
    // A second slash would name another host, and a backslash is one to the URL parser.
    if (!/^\/(?![/\\])[^\\\s#]*$/.test(path))
      throw call.refuse('the path must begin with one slash and hold no blanks, # or \\')
    const body = await readBody(call, method)
    const entrance = await readEntrance(call)
    const client = await createRestClient(entrance, call.note)
    const contentType = call.values.text('contentType')
    const asked = {
      method,
      url: new URL(path, entrance.deployment.url),
      ...(body === undefined ? {} : { body }),
      ...(contentType === undefined ? {} : { contentType }),
    }
    try {
      if (allPages) return await readAll(client, asked.url)
      const answer = await client.call(asked)
      if (!answer.ok) throw await refusalOf(`${method} ${asked.url.pathname}`, answer)
      return await toOutcome(call, answer)
    } finally {
      await client.end()
    }
  },
}

async function readBody(call: Call, method: string): Promise<string | undefined> {
  const data = call.values.text('data')
  if (data === undefined) return undefined
  if (method === 'GET' || method === 'HEAD') throw call.refuse(`${method} takes no --data`)
  if (data === '-' || data === '@-') return readInput(call, '--data', '-')
  return data.startsWith('@') ? readInput(call, '--data', data.slice(1)) : data
}

/** Without --json the bytes go out as they come in, so that a download stays what it is. */
async function toOutcome(call: Call, answer: Response): Promise<Outcome> {
  if (!call.values.isOn('json')) {
    for await (const chunk of answer.body ?? []) await call.result.write(chunk)
    return { text: '' }
  }
  const contentType = answer.headers.get('content-type') ?? ''
  const text = await answer.text()
  const body: unknown = /\bjson\b/.test(contentType) ? JSON.parse(text) : text
  return { text: '', json: { status: answer.status, contentType, body } }
}

interface Page {
  readonly data?: unknown
  readonly links?: { readonly next?: { readonly href?: unknown } | null }
}

const maxPages = 10_000

async function readAll(client: RestClient, first: URL): Promise<Outcome> {
  const data: unknown[] = []
  const seen = new Set<string>()
  for (let url: URL | undefined = first; url !== undefined; ) {
    const call = `GET ${url.pathname}`
    seen.add(url.href)
    const answer = await client.call({ method: 'GET', url })
    if (!answer.ok) throw await refusalOf(call, answer)
    const page = (await answer.json().catch(() => ({}))) as Page
    const refuse = (said: string) => cliErrors.ERR_CLI_ANSWER({ call, status: answer.status, said })
    if (!Array.isArray(page.data)) throw refuse(', and no list `data`: leave --all-pages out')
    data.push(...page.data)
    const next: URL | undefined = nextOf(page, url)
    if (next !== undefined && (seen.has(next.href) || seen.size >= maxPages))
      throw refuse(', and pages that never end')
    url = next
  }
  return { text: `${JSON.stringify({ data }, null, 2)}\n`, json: { data } }
}

/** Cookies go to one origin only, whatever a link says. */
function nextOf({ links }: Page, from: URL): URL | undefined {
  const href = links?.next?.href
  if (typeof href !== 'string' || href === '' || !URL.canParse(href, from.href)) return undefined
  const next = new URL(href, from)
  return next.origin === from.origin ? next : undefined
}
