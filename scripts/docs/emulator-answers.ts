import { createKeyPair } from 'jotgate/keys'
import { createEmulator } from '../../packages/emulator/src/index.ts'

type Answers = ReadonlyMap<string, readonly string[]>

/** The members of an answer; of a list, those of its first entry. */
function namesOf(answer: unknown): readonly string[] {
  const { data, links } = Object(answer) as { data?: unknown; links?: unknown }
  const [first] = Array.isArray(data) && links !== undefined ? (data as unknown[]) : [answer]
  return Object.keys(Object(first)).sort()
}

/**
 * What the emulator's answers hold, by `METHOD path` as Qlik writes it: measured at a running one, which
 * is asked for each resource with everything set that can be set.
 */
export async function measureAnswers(): Promise<Answers> {
  const emulator = await createEmulator()
  const answers = new Map<string, readonly string[]>()
  const ask = async (method: string, path: string, template = path, body?: unknown) => {
    const response = await fetch(emulator.url + path, {
      method,
      headers: { authorization: `Bearer ${emulator.adminKey}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    const answer = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    answers.set(`${method} ${template}`, namesOf(answer))
    return answer
  }
  /** Creates, reads and lists one of a kind. */
  const askAbout = async (path: string, body: unknown, name = 'id', template = path) => {
    const { [name]: id } = await ask('POST', path, template, body)
    await ask('GET', `${path}/${id}`, `${template}/{}`)
    await ask('GET', path, template)
    return String(id)
  }
  try {
    const v1 = '/api/v1'
    const group = await askAbout(`${v1}/groups`, {
      name: 'sales',
      description: 'x',
      providerType: 'custom',
    })
    const user = await askAbout(`${v1}/users`, {
      subject: 'ada',
      name: 'Ada',
      email: 'ada@acme.example',
      picture: 'https://acme.example/ada.png',
    })
    await ask('PATCH', `${v1}/users/${user}`, `${v1}/users/{}`, [
      { op: 'replace', path: '/preferredLocale', value: 'en' },
      { op: 'replace', path: '/preferredZoneinfo', value: 'Europe/London' },
    ])
    await ask('GET', `${v1}/users/${user}`, `${v1}/users/{}`)
    const filter = { filter: 'subject eq "ada"' }
    await ask('GET', `${v1}/users?filter=${encodeURIComponent(filter.filter)}`, `${v1}/users`)
    await ask('POST', `${v1}/users/actions/filter`, undefined, filter)
    await ask('POST', `${v1}/groups/actions/filter`, undefined, {})
    await ask('GET', `${v1}/users/actions/count`)
    // It leads there.
    answers.set(`GET ${v1}/users/me`, answers.get(`GET ${v1}/users/{}`) ?? [])
    await ask('GET', `${v1}/groups/settings`)
    const invitees = [{ email: 'bob@acme.example' }]
    await ask('POST', `${v1}/users/actions/invite`, undefined, { invitees })
    const { certificateLine } = await createKeyPair({ bits: 2048 })
    await askAbout(`${v1}/identity-providers`, {
      protocol: 'jwtAuth',
      provider: 'external',
      clockToleranceSec: 5,
      options: { issuer: 'acme.example', staticKeys: [{ kid: 'acme-1', pem: certificateLine }] },
    })
    await ask('GET', `${v1}/identity-providers/status`)
    await ask('GET', `${v1}/identity-providers/me/meta`)
    await askAbout(`${v1}/web-integrations`, { name: 'portal' })
    await askAbout(`${v1}/csp-origins`, { name: 'portal', origin: 'acme.example' })
    const space = await askAbout(`${v1}/spaces`, { name: 'Sales', type: 'shared' })
    await ask('GET', `${v1}/spaces/types`)
    const inSpace = `${v1}/spaces/${space}/assignments`
    const assignment = { type: 'group', assigneeId: group, roles: ['consumer'] }
    const assigned = await askAbout(inSpace, assignment, 'id', `${v1}/spaces/{}/assignments`)
    await ask('PUT', `${inSpace}/${assigned}`, `${v1}/spaces/{}/assignments/{}`, {
      roles: ['producer'],
    })
    await ask('PUT', `${v1}/spaces/${space}`, `${v1}/spaces/{}`, { name: 'Sales' })
    const rename = [{ op: 'replace', path: '/name', value: 'Sales' }]
    await ask('PATCH', `${v1}/spaces/${space}`, `${v1}/spaces/{}`, rename)
    const { data: items } = (await ask('GET', `${v1}/items`)) as {
      data?: { id: string; resourceId: string }[]
    }
    const app = `${v1}/apps/${items?.[0]?.resourceId}`
    await ask('PUT', `${app}/space`, `${v1}/apps/{}/space`, { spaceId: space })
    await ask('GET', app, `${v1}/apps/{}`)
    await ask('GET', `${v1}/items`)
    await ask('GET', `${v1}/items/${items?.[0]?.id}`, `${v1}/items/{}`)
    await ask('DELETE', `${app}/space`, `${v1}/apps/{}/space`)
    const licence = [{ subject: 'ada', type: 'analyzer' }]
    const licences = `${v1}/licenses/assignments`
    await ask('POST', `${licences}/actions/add`, undefined, { add: licence })
    await ask('GET', licences)
    await ask('POST', `${licences}/actions/update`, undefined, { update: licence })
    await ask('POST', `${licences}/actions/delete`, undefined, { delete: licence })
    for (const part of ['overview', 'status', 'settings'])
      await ask('GET', `${v1}/licenses/${part}`)
    await ask('PUT', `${v1}/licenses/settings`, undefined, {})
    await ask('GET', `${v1}/tenants/me`)
    const { id: tenant } = await ask('GET', `${v1}/tenants/me`)
    await ask('GET', `${v1}/tenants/${tenant}`, `${v1}/tenants/{}`)
    await askAbout(`${v1}/api-keys`, { description: 'a job' })
    await ask('GET', `${v1}/api-keys/configs/${tenant}`, `${v1}/api-keys/configs/{}`)
    const client = { appType: 'web', clientName: 'backend' }
    const clients = `${v1}/oauth-clients`
    const clientId = await askAbout(clients, client, 'clientId')
    await ask('POST', `${clients}/${clientId}/actions/publish`, `${clients}/{}/actions/publish`)
    await ask('POST', `${clients}/${clientId}/client-secrets`, `${clients}/{}/client-secrets`)
    await ask('GET', `${clients}/${clientId}`, `${clients}/{}`)
    return answers
  } finally {
    await emulator.close()
  }
}
