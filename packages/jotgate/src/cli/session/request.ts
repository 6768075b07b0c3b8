import { productFor, type RestAnswer, type RestMethod } from '../../qlik/index.ts'
import { type Call, type CommandSpec, type Outcome, resultOptions } from '../command.ts'
import { callerOptions, readSessionOpener } from './credentials.ts'
import { callWithCertificate, repositoryByCertificate } from './repository-request.ts'
import { bodyOptions, readBody } from './request-body.ts'
import { headerOption, readHeaders } from './request-headers.ts'
import { createRestClient } from './rest-client.ts'
import { serviceOptions } from './transport.ts'

const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
] as const satisfies readonly RestMethod[]

/** `jotgate request`. */
export const request: CommandSpec = {
  name: 'request',
  summary: 'one authenticated REST call',
  description:
    'Opens a session, makes one call of Qlik’s REST as that user, prints the answer’s body, and ends the session.',
  operands: [
    { name: 'method', description: methods.join(', ') },
    {
      name: 'path',
      description: 'the path, such as /api/v1/items?limit=10; below the prefix of a virtual proxy',
    },
  ],
  options: [
    ...bodyOptions,
    headerOption,
    {
      flags: '--all-pages',
      description: 'follow links.next to the end and print { "data": [the items of all pages] }',
    },
    {
      flags: '--qrs',
      description:
        'call the repository (QRS): with the client certificate if there is one, else through the virtual proxy as the user',
      onlyFlag: true,
    },
    ...serviceOptions,
    ...callerOptions,
    ...resultOptions,
  ],
  examples: [
    'jotgate request GET /api/v1/items --deployment prod --user-json ada.json --all-pages',
    'jotgate request POST /api/v1/spaces --data @space.json --deployment prod --user-json ada.json',
    'jotgate request GET /virtualproxyconfig/full --qrs --deployment site --user-id svc',
    "jotgate request GET /api/v1/items -H 'Accept-Language: sv' --timeout 5m --user-json ada.json",
  ],
  notes: [
    'As with `curl -f`, nothing is printed unless Qlik answers 2xx: its words go to stderr then,',
    'and the exit code is 1. After 401 the call is made once more with a new session; after 429 up to',
    'three times, each after the wait that Qlik asks for, if that is two minutes at most. After any',
    'other failure nothing is sent twice. GET and HEAD follow redirects at the deployment alone. An',
    'HTML page fails too, unless -H Accept=text/html asks for it.',
    'With --qrs and --client-certificate, no token is made and no session opened: the call is made in the name of',
    '--qrs-user, and its body is JSON. Without, the security rules decide what the user may.',
    'Ending the session logs the user out of the virtual proxy of client-managed Qlik: other sessions of theirs',
    'there reportedly end too. With --session-file no session is opened, and none ended.',
    'With --json: { status, contentType, body }; with --all-pages the same { data } as without.',
  ].join('\n'),
  endsOnSignal: true,
  async run(call) {
    const method = methods.find((one) => one === call.operands[0]?.toUpperCase())
    if (method === undefined) throw call.refuse(`the method must be one of ${methods.join(', ')}`)
    const path = pathOf(call)
    const allPages = call.values.isOn('allPages')
    if (allPages && method !== 'GET') throw call.refuse('--all-pages is for GET')
    // A second slash would name another host, and a backslash is one to the URL parser.
    if (!/^\/(?![/\\])[^\\\s#]*$/.test(path))
      throw call.refuse('the path must begin with one slash and hold no blanks, # or \\')
    const headers = await readHeaders(call)
    const body = await readBody(call, method)
    const byCertificate = await repositoryByCertificate(call)
    if (byCertificate !== undefined)
      return callWithCertificate(call, byCertificate, { method, path, headers, body })
    const opener = await readSessionOpener(call)
    const client = await createRestClient(opener, call)
    try {
      if (allPages) {
        const { writeAllPages } = await import('./all-pages.ts')
        const { deployment } = opener
        const url = new URL(`${productFor(deployment).basePath(deployment)}${path}`, deployment.url)
        await writeAllPages(call, client, { url, headers })
        return { text: '' }
      }
      const isJson = call.values.isOn('json')
      const answer = await client.call({
        method,
        path,
        headers: body === undefined ? headers : { ...headers, 'content-type': body.contentType },
        ...(body === undefined ? {} : { body: body.bytes }),
        // What is streamed needs no limit; what is parsed keeps the usual one.
        ...(isJson ? {} : { maxBytes: Number.POSITIVE_INFINITY }),
      })
      return isJson ? await toJson(answer) : await toStdout(call, answer)
    } finally {
      await client.end()
    }
  },
}

/** With --qrs, the path is the repository's: `/about` is `/qrs/about`. One without a slash is refused as it is. */
function pathOf(call: Call): string {
  const path = call.operands[1] ?? ''
  const isBelow = path.startsWith('/') && !path.startsWith('/qrs/')
  return call.values.isOn('qrs') && isBelow ? `/qrs${path}` : path
}

/** The bytes go out as they come in, so that a download stays what it is. */
async function toStdout(call: Call, answer: RestAnswer): Promise<Outcome> {
  for await (const chunk of answer.body) await call.result.write(chunk)
  return { text: '' }
}

async function toJson(answer: RestAnswer): Promise<Outcome> {
  const { status, headers } = answer
  const contentType = headers.get('content-type') ?? ''
  const body = /\bjson\b/i.test(contentType) ? await answer.json() : await answer.text()
  return { text: '', json: { status, contentType, body: body ?? null } }
}
