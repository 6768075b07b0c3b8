import { type CommandSpec, resultOptions } from '../command.ts'
import { readEntrance, sessionOptions } from './credentials.ts'
import { createRestClient, type RestClient } from './rest-call.ts'

/** `jotgate whoami`. */
export const whoami: CommandSpec = {
  name: 'whoami',
  summary: 'who Qlik thinks this is, beside what the token said',
  description:
    'Opens a session and asks Qlik who it belongs to; what the token said stands beside the answer. Then it ends the session.',
  options: [...sessionOptions, ...resultOptions],
  examples: [
    'jotgate whoami --deployment prod --subject 42 --name Ada --email ada@acme.example',
    'JOTGATE_TOKEN=$T jotgate whoami --for cloud --url https://acme.eu.qlikcloud.com --json',
  ],
  notes:
    'With --json: { url, token: { subject, name, email, groups }, qlik: { id, subject, name, email,\nstatus, tenantId, groups, roles, licence } }. licence is null when this user may not see it.',
  async run(call) {
    const entrance = await readEntrance(call)
    const client = await createRestClient(entrance, call.note)
    const { getCurrentUser } = await import('../../qlik/index.ts')
    try {
      const session = await client.session()
      const user = await getCurrentUser({ session })
      const { inspectToken } = await import('../../token/index.ts')
      const claims = inspectToken(client.token() ?? '').payload ?? {}
      const licence = await readLicence(client, new URL(entrance.deployment.url), user.subject)
      const token = {
        subject: claims.sub ?? null,
        name: claims.name ?? null,
        email: claims.email ?? null,
        groups: Array.isArray(claims.groups) ? claims.groups : [],
      }
      const { assignedGroups, assignedRoles, ...known } = user
      const namesOf = (list: typeof assignedGroups) => list.map(({ name }) => name)
      const qlik = {
        ...known,
        groups: namesOf(assignedGroups),
        roles: namesOf(assignedRoles),
        licence,
      }
      return { text: table(token, qlik), json: { url: entrance.deployment.url, token, qlik } }
    } finally {
      await client.end()
    }
  },
}

/** Only those who may see the assignments are told; for all others it is not known, which is no failure. */
async function readLicence(client: RestClient, origin: URL, subject: string) {
  const url = new URL('/api/v1/licenses/assignments', origin)
  url.searchParams.set('filter', `subject eq "${subject.replaceAll(/["\\]/g, '\\$&')}"`)
  const answer = await client.call({ method: 'GET', url })
  if (!answer.ok) {
    await answer.body?.cancel()
    return null
  }
  const { data } = (await answer.json().catch(() => ({}))) as {
    data?: { subject?: string; type?: string }[]
  }
  return data?.find((one) => one.subject === subject)?.type ?? 'none'
}

function table(token: Record<string, unknown>, qlik: Record<string, unknown>): string {
  const names = [
    'id',
    'subject',
    'name',
    'email',
    'groups',
    'roles',
    'status',
    'tenantId',
    'licence',
  ]
  const rows = names.map((name) => [name, show(token[name]), show(qlik[name])])
  const all = [['', 'token', 'Qlik'], ...rows]
  const widths = [0, 1].map(
    (column) => Math.max(...all.map((row) => (row[column] ?? '').length)) + 2,
  )
  return all
    .map(([first = '', second = '', third = '']) =>
      `${first.padEnd(widths[0] ?? 0)}${second.padEnd(widths[1] ?? 0)}${third}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** Names come from outside: nothing in them may move a terminal’s cursor. */
function show(value: unknown): string {
  const text = Array.isArray(value)
    ? value.join(', ')
    : value === null || value === undefined
      ? '-'
      : String(value)
  return text.replaceAll(/\p{Cc}/gu, '?') || '-'
}
