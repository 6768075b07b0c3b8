import { isJotgateError } from '../../errors/index.ts'
import { isObject } from '../../values/index.ts'
import type { Check, Outcome } from '../check.ts'
import { openApp } from '../engine/app-rows.ts'
import { connectEngine, type EngineConnection } from '../engine/engine-connection.ts'
import { type ClientManagedContext, isDirectoryOf } from './context.ts'
import { nobody } from './login.ts'

/** So many sessions of one user may open web sockets: https://community.qlik.com, article 1714209. */
const mostSessions = 5

const limit = (count: string, evidence: string): Outcome => ({
  verdict: 'failed',
  title: `The user has ${count} sessions, and web sockets open in ${mostSessions} at most`,
  evidence,
  hint: 'A program that sends the token with each call, and no cookie, opens a session each time: keep the session’s cookie. `jotgate sessions end` ends them now; they end by themselves when they are idle for too long.',
  source: 'https://community.qlik.com, article 1714209; enigma.js issues 970 and 424',
})

const denied: Outcome = {
  verdict: 'failed',
  title: 'The user has no access by the licence',
  evidence: 'web socket: OnLicenseAccessDenied',
  hint: 'In the QMC: License management: allocate professional or analyzer access to the user, or make a rule that does it at the first login. No access of the kind may be left.',
  source: 'https://help.qlik.com/en-US/sense-admin/, License management',
}

/** Sessions, licence, web socket and app: what is between a login and data. */
export const dataChecks: readonly Check<ClientManagedContext>[] = [
  {
    id: 'server-sessions',
    category: 'person',
    question: 'Has the user less than six sessions?',
    needs: ['server-login'],
    async run({ user, deployment, readProxies }) {
      if (user === undefined) return [nobody]
      const proxies = await readProxies()
      if (proxies.length === 0)
        return [
          {
            verdict: 'not-checked',
            title: 'The sessions of the user were not counted',
            hint: 'The proxy API (QPS) tells them to who has a client certificate: `clientCertificate` of the deployment.',
          },
        ]
      const userDirectory = user.directory ?? deployment.userDirectory
      const found = new Set<string>()
      try {
        for (const { api, prefixes } of proxies)
          for (const prefix of prefixes)
            for (const one of await api.listUserSessions(prefix, {
              userDirectory,
              userId: user.subject,
            }))
              found.add(one.sessionId)
      } catch (error) {
        if (!isJotgateError(error, 'ERR_QLIK_UNREACHABLE')) throw error
        return [
          {
            verdict: 'not-checked',
            title: `The sessions of the user were not counted: ${error.message}`,
            hint: 'The proxy API (QPS) listens at port 4243 of each node, often behind a firewall. The session of this test stays until it is idle for too long.',
          },
        ]
      }
      const evidence = `QPS: ${found.size} sessions with that of this test`
      if (found.size > mostSessions) return [limit(String(found.size), evidence)]
      return [
        {
          verdict: 'passed',
          title: `The user has ${found.size} of ${mostSessions} sessions`,
          evidence,
        },
      ]
    },
  },
  {
    id: 'server-access',
    category: 'person',
    question: 'Has the user access by the licence, or is some left?',
    needs: ['server-repository', 'server-login'],
    async run({ user, deployment, findRepository, readRepository }) {
      if (user === undefined) return [nobody]
      if ((await findRepository()).isLimited)
        return [
          {
            verdict: 'not-checked',
            title: 'Access by the licence was not looked at',
            hint: 'The repository shows it to who has a client certificate: `clientCertificate` of the deployment.',
          },
        ]
      const isOurs = (one: unknown) =>
        isObject(one) &&
        isObject(one.user) &&
        String(one.user.userId).toLowerCase() === user.subject.toLowerCase() &&
        isDirectoryOf(deployment, user, String(one.user.userDirectory))
      const [professional, analyzer] = await Promise.all(
        ['professional', 'analyzer'].map((kind) =>
          readRepository(`/license/${kind}accesstype/full`),
        ),
      )
      const mine = [professional, analyzer].flatMap((list) =>
        Array.isArray(list) ? list.filter(isOurs) : [],
      )
      if (mine.some((one) => isObject(one) && one.quarantined === true))
        return [
          {
            ...denied,
            title: 'The access of the user is quarantined',
            evidence: 'QRS: quarantined',
          },
        ]
      if (mine.length > 0)
        return [
          { verdict: 'passed', title: 'Access is allocated to the user', evidence: 'QRS: license' },
        ]
      const overview = await readRepository('/license/accesstypeoverview')
      const left = ['professionalAccess', 'analyzerAccess'].map((kind) =>
        isObject(overview) && isObject(overview[kind]) ? Number(overview[kind].available) : 0,
      )
      const evidence = `QRS: nothing is allocated to the user; ${left.join(' professional, ')} analyzer left`
      if (left.some((count) => count > 0))
        return [
          { verdict: 'passed', title: 'Access is left, for a rule to give at first use', evidence },
        ]
      return [
        {
          ...denied,
          verdict: 'warning',
          title: 'The user has no access by the licence, and none is left',
          evidence,
        },
      ]
    },
  },
  {
    id: 'server-web-socket',
    category: 'data',
    question: 'Does the engine answer over a web socket?',
    needs: ['server-login'],
    explainedBy: ['server-engine-running', 'server-sessions', 'server-access'],
    async run({ logIn, transport }) {
      const { session } = await logIn()
      const engine = await connectEngine({ session, appId: 'engineData', transport })
      engine.close()
      return [greetingOf(engine)]
    },
  },
  {
    id: 'server-app',
    category: 'data',
    question: 'Does the app open for the user, with data?',
    needs: ['server-web-socket'],
    async run({ logIn, transport, appId, user }) {
      if (appId === undefined)
        return [
          { verdict: 'not-checked', title: 'No app was named', hint: 'Name one with `--app`.' },
        ]
      const { session } = await logIn()
      const engine = await connectEngine({ session, appId, transport })
      try {
        if (engine.state !== 'open') return [greetingOf(engine)]
        return [await appFor(engine, appId, user?.subject ?? '')]
      } finally {
        engine.close()
      }
    },
  },
]

function greetingOf({ state, notifications, mustAuthenticate }: EngineConnection): Outcome {
  const evidence = `web socket ${state}; ${notifications.join(', ') || 'no notification'}`
  if (state === 'open')
    return { verdict: 'passed', title: 'The engine greets over a web socket', evidence }
  if (notifications.includes('OnMaxParallelSessionsExceeded'))
    return limit('too many', 'web socket: OnMaxParallelSessionsExceeded')
  if (notifications.includes('OnLicenseAccessDenied')) return denied
  if (notifications.includes('OnNoEngineAvailable'))
    return {
      verdict: 'failed',
      title: 'No engine can be reached by the virtual proxy',
      evidence,
      hint: 'Add the nodes with engines in the QMC (Virtual proxies, Load balancing, Add new server node), and see that the Qlik Sense Engine Service runs on them.',
      isMendedByApply: true,
      source: 'https://github.com/qlik-oss/gopherciser, notifications of the proxy',
    }
  const source = 'https://community.qlik.com, articles 2509211 and 2539417'
  if (mustAuthenticate)
    return {
      verdict: 'failed',
      title: 'The proxy opens the web socket and asks to log in: it has no session for the cookie',
      evidence,
      hint: 'With several proxies, a load balancer must lead all requests of a session to one of them (sticky sessions).',
      source,
    }
  return {
    verdict: 'failed',
    title:
      state === 'refused'
        ? 'The proxy refuses the web socket'
        : 'The proxy closes the web socket before the engine greets',
    evidence,
    hint: 'What lies between may not carry web sockets (Upgrade). Else look into the proxy’s log for “Cross-Site Websocket Hijacking”: add the host name of the address to the Host allow list (QMC: Virtual proxies, Advanced). See that the engine of a load balancing node runs.',
    source,
  }
}

async function appFor(engine: EngineConnection, appId: string, subject: string): Promise<Outcome> {
  const { error, rows: count } = await openApp(engine, appId)
  if (error !== undefined)
    return {
      verdict: 'failed',
      title: `The app does not open for ${subject}`,
      evidence: `OpenDoc ${appId}: ${error.code} ${error.message}`,
      hint: 'Publish the app to a stream that the user may read (QMC: Streams, Security rules), compare the ID of the app, and see that its section access has a row for the user or one of their groups: reductions compare in upper case, `ACME\\ADA`.',
      source: 'https://help.qlik.com/en-US/sense-admin/, Security rules',
    }
  if (count === 0)
    return {
      verdict: 'failed',
      title: `The app has no data for ${subject}`,
      evidence: 'the first field of the app has no value',
      hint: 'Reload the app; or its section access leaves nothing for this user: compare its reduction with the groups that were sent.',
      source: 'https://help.qlik.com/en-US/sense/, Section access',
    }
  const title = count === undefined ? 'The app opens' : 'The app opens and has data'
  return { verdict: 'passed', title: `${title} for ${subject}`, evidence: `OpenDoc ${appId}` }
}
