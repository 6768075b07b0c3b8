import { optionOf, readGatewaySettings } from '../../config/index.ts'
import { definedOf } from '../../values/index.ts'
import {
  type Call,
  nameOfOption,
  type OptionSpec,
  type Outcome,
  resultOptions,
} from '../command.ts'
import { inColumns } from '../layout.ts'
import { choiceOptions } from '../setting-options.ts'
import { type AdminClient, type AdminPlace, createAdminClient } from './admin-client.ts'
import { confirmEnding } from './confirm-ending.ts'
import { siteOptions } from './site.ts'

/** What names a gateway that runs. */
export const gatewayOptions: readonly OptionSpec[] = [
  {
    flags: '--gateway',
    description: 'the gateway of the configuration file, in place of client-managed Qlik',
    onlyFlag: true,
  },
  {
    flags: '--socket <file>',
    description: 'the gateway whose administration listens at this Unix socket',
    onlyFlag: true,
  },
  {
    flags: '--site <origin>',
    description: 'at a gateway: those of one of its sites, by its `publicUrl`',
    onlyFlag: true,
  },
  {
    flags: '--subject <name>',
    description: 'at a gateway: those of one user, by the subject that Qlik knows',
    onlyFlag: true,
  },
]

/** What also has a meaning at a gateway: there, a deployment narrows the sessions, as its configuration names it. */
const ofBoth = [...choiceOptions, ...resultOptions]

/** A session as the gateway shows it; further members are passed on by --json. */
interface GatewaySessionRow {
  readonly id: string
  readonly hostSubject: string
  readonly subject: string
  readonly deployment: string
  readonly site: string
  readonly openedAt: string
  readonly lastUsedAt: string
  readonly sockets: number
}

/** The gateway that a command means; undefined when it means client-managed Qlik. */
export async function findGateway(call: Call): Promise<AdminClient | undefined> {
  const { values, terminal } = call
  const socket = values.text('socket')
  if (socket === undefined && !values.isOn('gateway')) {
    for (const option of ['--subject', '--site'])
      if (values.text(nameOfOption(option)) !== undefined)
        throw call.refuse(`${option} is for a gateway: give --gateway or --socket too`)
    return undefined
  }
  // An option that is silently without effect could end everybody's session.
  const foreign = siteOptions
    .filter((option) => !ofBoth.includes(option))
    .filter(({ flags }) => values.source(nameOfOption(flags)) === 'flag')
    .map(({ flags }) => `${optionOf(flags)} is for client-managed Qlik itself, not for a gateway`)
  if (foreign.length > 0) throw call.refuse(...foreign)
  if (socket !== undefined) return createAdminClient({ socket }, call.signal)
  const { admin } = await readGatewaySettings({
    file: values.text('config'),
    folder: terminal.folder,
  })
  return createAdminClient(await placeOf(call, admin), call.signal)
}

/** The socket where there is one, since it needs no bearer; else the address. */
async function placeOf(
  call: Call,
  { socket, address }: Awaited<ReturnType<typeof readGatewaySettings>>['admin'],
): Promise<AdminPlace> {
  if (socket !== undefined) return { socket }
  if (address === undefined)
    throw call.refuse('the gateway has no administration here: set gateway.admin.port')
  const { readAdminBearer } = await import('../../gateway/index.ts')
  const { host, port, bearerFile, tls } = address
  return { host, port, isTls: tls !== undefined, bearer: await readAdminBearer(bearerFile) }
}

/** `jotgate sessions list --gateway`. */
export async function listAtGateway(call: Call, client: AdminClient): Promise<Outcome> {
  const rows = await listRows(client, readFilter(call))
  const hasSites = new Set(rows.map(({ site }) => site)).size > 1
  const table = inColumns([
    [
      ...['user', 'subject at Qlik', 'session', 'sockets', 'opened', 'last used', 'deployment'],
      ...(hasSites ? ['site'] : []),
    ],
    ...rows.map((one) => [
      one.hostSubject,
      one.subject,
      one.id.slice(0, 12),
      String(one.sockets),
      inSeconds(one.openedAt),
      inSeconds(one.lastUsedAt),
      one.deployment,
      ...(hasSites ? [one.site] : []),
    ]),
  ])
  return { text: rows.length === 0 ? '' : table, json: rows }
}

/** `jotgate sessions end --gateway`. */
export async function endAtGateway(call: Call, client: AdminClient): Promise<Outcome> {
  const { values } = call
  const [user, subject, id] = [values.text('user'), values.text('subject'), values.text('session')]
  const all = values.isOn('all')
  const given = [user, subject, id, all || undefined].filter((one) => one !== undefined).length
  if (given !== 1) throw call.refuse('give one of --user, --subject, --session and --all')
  if (id !== undefined && !/^[\w-]{8,128}$/.test(id))
    throw call.refuse('--session must be 8 characters of an ID or more')
  const filter = readFilter(call)
  const rows = (await listRows(client, filter)).filter((one) => one.id.startsWith(id ?? ''))
  await confirmEnding(call, rows.length, new Set(rows.map((one) => one.hostSubject)).size)
  const ended =
    id === undefined
      ? [await client.end('/sessions', Object.keys(filter).length === 0 ? { all: 'yes' } : filter)]
      : await Promise.all(rows.map((one) => client.end(`/sessions/${one.id}`, {})))
  const sum = (of: 'sessions' | 'sockets') => ended.reduce((total, one) => total + one[of], 0)
  const [sessions, sockets] = [sum('sessions'), sum('sockets')]
  const text = `${sessions} session${sessions === 1 ? '' : 's'} ended, with ${sockets} web socket${sockets === 1 ? '' : 's'}\n`
  return { text, json: { sessions, sockets } }
}

/** Names as they were typed; the gateway refuses a deployment or a site that it does not have. */
function readFilter({ values }: Call): Record<string, string> {
  const isTyped = values.source('deployment') === 'flag'
  return definedOf({
    hostSubject: values.text('user'),
    subject: values.text('subject'),
    site: values.text('site'),
    deployment: isTyped ? values.text('deployment') : undefined,
  }) as Record<string, string>
}

const listRows = (client: AdminClient, filter: Readonly<Record<string, string>>) =>
  client.list(filter) as Promise<readonly GatewaySessionRow[]>

/** A time without its milliseconds. */
const inSeconds = (time: string) => time.replace(/\.\d+Z$/, 'Z')
