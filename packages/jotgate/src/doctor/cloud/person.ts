import { isJotgateError } from '../../errors/index.ts'
import { callAs } from '../../qlik/index.ts'
import { isObject } from '../../values/index.ts'
import type { Check, Outcome } from '../check.ts'
import type { CloudContext } from './cloud-context.ts'
import { nobody } from './known-user.ts'

const usersSource = 'https://qlik.dev/apis/rest/users/'
const spacesSource = 'https://qlik.dev/apis/rest/spaces/'
const licenceSource = 'https://qlik.dev/apis/rest/licenses/'

/** Who it is that logged in, and what they may. */
export const personChecks: readonly Check<CloudContext>[] = [
  {
    id: 'cloud-same-user',
    category: 'person',
    question: 'Is the session that of the user?',
    needs: ['cloud-login'],
    async run({ user, currentUser }) {
      if (user === undefined) return [nobody]
      const { subject, status = 'active' } = await currentUser()
      const evidence = `GET /api/v1/users/me: ${subject}, ${status}`
      if (subject !== user.subject)
        return [
          {
            verdict: 'failed',
            title: `The session is that of ${subject}, not of ${user.subject}`,
            evidence,
            hint: 'What stands between answers with the cookies of somebody else, or Qlik finds the user by another field than the subject: look at what lies between, and compare the subjects in Administration, Users.',
            source: usersSource,
          },
        ]
      return [{ verdict: 'passed', title: `The session is that of ${subject}`, evidence }]
    },
  },
  {
    id: 'cloud-user-groups',
    category: 'person',
    question: 'Did the groups of the token arrive?',
    needs: ['cloud-login'],
    explainedBy: ['cloud-groups', 'cloud-same-user'],
    async run({ currentUser, testUser }) {
      const { groups = [] } = await testUser()
      const { assignedGroups } = await currentUser()
      const arrived = assignedGroups.map(({ name }) => name)
      const missing = groups.filter((name) => !arrived.includes(name))
      const evidence = `sent: ${groups.join(', ') || 'none'}; at Qlik: ${arrived.join(', ') || 'none'}`
      if (missing.length > 0)
        return [
          {
            verdict: 'failed',
            title: `Qlik did not take ${missing.length === 1 ? 'the group' : 'the groups'} ${missing.join(', ')}`,
            evidence,
            hint: 'Switch “Creation of groups” on (Administration, Settings, Feature control), or make the groups by hand; names are compared with regard to case. They come with the next login.',
            source: 'https://help.qlik.com, mc-enable-idp-groups',
          },
        ]
      const title = groups.length === 0 ? 'No groups were sent' : 'Every group of the token arrived'
      return [{ verdict: 'passed', title, evidence }]
    },
  },
  {
    id: 'cloud-licence',
    category: 'person',
    question: 'Has the user access by the licence, or do they get it?',
    needs: ['cloud-administrator', 'cloud-login'],
    async run({ user, administrator }) {
      if (user === undefined || administrator === undefined) return [nobody]
      const filter = `subject eq "${user.subject.replaceAll(/["\\]/g, '\\$&')}"`
      const assigned = await administrator.list(
        `/api/v1/licenses/assignments?${new URLSearchParams({ filter })}`,
      )
      const own = assigned.find(({ subject }) => subject === user.subject)
      if (own !== undefined)
        return [{ verdict: 'passed', title: `The user has ${own.type} access` }]
      const settings = await administrator.send('GET', '/api/v1/licenses/settings')
      const automatic = ['autoAssignProfessional', 'autoAssignAnalyzer'].filter(
        (name) => settings[name] === true,
      )
      if (automatic.length > 0)
        return [
          {
            verdict: 'passed',
            title: 'The user gets access when they first open an app',
            evidence: automatic.join(', '),
          },
        ]
      return [
        {
          verdict: 'failed',
          title: `${user.subject} has no access by the licence, and none is assigned automatically`,
          evidence:
            'licenses/assignments has nothing; licenses/settings: autoAssignProfessional and autoAssignAnalyzer are off',
          hint: 'Administration, Users, License: assign access to the user, or switch on that it is assigned dynamically. Without it apps end with “You are not entitled to perform that operation” (4230).',
          source: licenceSource,
        },
      ]
    },
  },
  {
    id: 'cloud-app-access',
    category: 'person',
    question: 'May the user open the app: has the space a role for them?',
    needs: ['cloud-login'],
    async run(context) {
      const { appId, logIn, transport, timeoutMs, user } = context
      if (appId === undefined) return [noApp]
      const { session } = await logIn()
      const how = transport === undefined ? { timeoutMs } : { fetch: transport.fetch, timeoutMs }
      const path = `/api/v1/apps/${encodeURIComponent(appId)}`
      try {
        const answer = await callAs(session, { ...how, path })
        const app = await answer.json()
        const attributes = isObject(app) && isObject(app.attributes) ? app.attributes : {}
        return [
          { verdict: 'passed', title: `${user?.subject} may open the app “${attributes.name}”` },
        ]
      } catch (error) {
        if (!isJotgateError(error, 'ERR_QLIK_REFUSED')) throw error
        return [await closedApp(context, appId, error.message)]
      }
    },
  },
]

export const noApp: Outcome = {
  verdict: 'not-checked',
  title: 'No app was opened: none was named',
  hint: 'Name one that the user should see, with `--app ID`.',
}

/** What an administrator sees of an app that the user does not. */
async function closedApp(context: CloudContext, appId: string, evidence: string): Promise<Outcome> {
  const { administrator, currentUser, user } = context
  const failed = (title: string, hint: string, more = ''): Outcome => ({
    verdict: 'failed',
    title,
    evidence: `${evidence}${more}`,
    hint,
    source: spacesSource,
  })
  const general = `Give ${user?.subject}, or one of their groups, a role in the space of the app (Catalog, the space, Manage members), or compare the ID of the app. A change takes effect within two minutes. When the app has section access, see that it has a row for them.`
  if (administrator === undefined) return failed(`The app is not open to ${user?.subject}`, general)
  const seen = await seenBy(administrator, `/api/v1/apps/${encodeURIComponent(appId)}`)
  if (seen === 'hidden') return failed(`The app is not open to ${user?.subject}`, general)
  if (seen === 'missing')
    return failed(
      `The tenant has no app of the ID ${appId}`,
      'Compare it with the address of the app in the browser: /sense/app/ID. An app that was published has another ID than the one it was made of.',
    )
  const { spaceId } = isObject(seen.attributes) ? seen.attributes : {}
  if (typeof spaceId !== 'string')
    return failed(
      `The app is in no space that ${user?.subject} can see`,
      'Move or publish it into a shared or managed space in which they have a role. When the app has section access, see that it has a row for the user or one of their groups.',
    )
  const members = await administrator.list(
    `/api/v1/spaces/${encodeURIComponent(spaceId)}/assignments`,
  )
  const { id, assignedGroups } = await currentUser()
  const own = members.filter(
    ({ assigneeId }) => assigneeId === id || assignedGroups.some((one) => one.id === assigneeId),
  )
  if (own.length === 0)
    return failed(
      `The space of the app has no role for ${user?.subject}`,
      general,
      `; the space has ${members.length} ${members.length === 1 ? 'member' : 'members'}, and neither the user nor one of their ${assignedGroups.length} groups is among them`,
    )
  const roles = own.flatMap(({ roles: all }) => (Array.isArray(all) ? all.map(String) : []))
  return failed(
    `${user?.subject} has ${roles.join(', ')} in the space of the app, and may not open it`,
    'Wait two minutes after a change. Otherwise give a role that may open apps, such as consumer; and when the app has section access, see that it has a row for the user or one of their groups.',
  )
}

/** `hidden` where section access keeps the administrator out too. */
async function seenBy(administrator: NonNullable<CloudContext['administrator']>, path: string) {
  try {
    return await administrator.send('GET', path)
  } catch (error) {
    if (!isJotgateError(error, 'ERR_QLIK_REFUSED')) throw error
    return error.details.status === 404 ? 'missing' : 'hidden'
  }
}
