import { isJotgateError } from '../../errors/index.ts'
import { getCurrentUser } from '../../qlik/index.ts'
import type { Check, Outcome } from '../check.ts'
import { type ClientManagedContext, isDirectoryOf } from './context.ts'

const source = 'https://help.qlik.com/en-US/sense-admin/, JWT authentication'

/** The longest line of a header where the repository does not say: an example of Qlik’s own documentation has it. */
const usualLineBytes = 8192

/** The test login, and whether the session is that of the user. */
export const loginChecks: readonly Check<ClientManagedContext>[] = [
  {
    id: 'server-header-length',
    category: 'login',
    question: 'Is the token short enough for the proxy?',
    needs: ['server-prefix'],
    async run(context) {
      const { user, signToken, readSetUp } = context
      if (user === undefined) return [nobody]
      const { services = [] } = (await readSetUp()) ?? {}
      const limits = services
        .map(({ settings }) => settings.maxHeaderLineBytes)
        .filter((one) => typeof one === 'number')
      const limit = Math.min(usualLineBytes, ...limits)
      const bytes = `Authorization: Bearer ${await signToken()}`.length
      const evidence = `Authorization has ${bytes} bytes; ${limits.length === 0 ? 'usually' : 'QRS: maxHeaderLineBytes,'} ${limit} are taken`
      if (bytes <= limit)
        return [{ verdict: 'passed', title: 'The token fits into one line of a header', evidence }]
      const { length } = user.groups ?? []
      return [
        {
          verdict: 'failed',
          title: `The token of ${user.subject}, with ${length} groups, is longer than the proxy takes in one line of a header`,
          evidence,
          hint: 'Send fewer groups (`gateway.authorise.groups.allow`), or raise the limit in the QMC: Proxies, Advanced, Max header line size.',
          source:
            'https://help.qlik.com/en-US/sense-developer/, proxyservice/local: maxHeaderLineBytes',
        },
      ]
    },
  },
  {
    id: 'server-user',
    category: 'person',
    question: 'Does the repository know the user, once, and let them in?',
    needs: ['server-product'],
    explainedBy: ['server-repository'],
    async run(context) {
      const { user, deployment, createsUser = false } = context
      if (user === undefined) return [nobody]
      const name = `${user.directory ?? deployment.userDirectory}\\${user.subject}`
      const { isLimited } = await context.findRepository()
      const users = await context.readUsers()
      const isOurs = ({ userDirectory }: { userDirectory: string }) =>
        isDirectoryOf(deployment, user, userDirectory)
      const known = users?.find(isOurs)
      if (users === undefined || (known === undefined && isLimited))
        return [createsUser ? mayBeMade(name) : unclear(name, user.subject)]
      const others = users.filter((one) => !isOurs(one))
      const evidence = `QRS: user has ${users.map((one) => `${one.userDirectory}\\${one.userId}`).join(', ') || 'nobody of this ID'}`
      if (known === undefined && !createsUser)
        return [
          unknown(
            name,
            others.map((one) => `${one.userDirectory}\\${one.userId}`),
            evidence,
          ),
        ]
      const reason =
        (known?.blacklisted && 'blocked') ||
        (known?.inactive && 'inactive') ||
        (known?.removedExternally && 'removed from their user directory')
      if (reason)
        return [
          {
            verdict: 'failed',
            title: `The user ${name} is ${reason}`,
            evidence: `QRS: user ${name}, ${reason}`,
            hint: 'In the QMC: Users, the user: clear Blocked. An inactive user, or one removed externally, comes back with the next synchronisation of their user directory, when they are in it.',
            source: 'https://help.qlik.com/en-US/sense-admin/, Users',
          },
        ]
      if (others.length > 0)
        return [
          {
            verdict: 'warning',
            title: `There are several users ${user.subject}: rights and access by licence of one are not those of another`,
            evidence,
            hint: `Tokens are for ${name}. If the other is the person’s own, set \`userDirectory\` of the deployment to that directory; else delete the one that an earlier login made (QMC: Users).`,
            source: 'https://help.qlik.com/en-US/sense-admin/, Users',
          },
        ]
      return [
        {
          verdict: 'passed',
          title:
            known === undefined
              ? `${name} will be made by the login, and deleted`
              : `${name} may log in`,
          evidence,
        },
      ]
    },
  },
  {
    id: 'server-login',
    category: 'login',
    question: 'Does a token open a session?',
    needs: ['server-prefix', 'server-user'],
    explainedBy: [
      'network-clock',
      'server-repository',
      'server-authentication',
      'server-certificate',
      'server-claim-names',
      'server-attributes',
      'server-audience',
      'server-header-length',
    ],
    async run({ user, logIn }) {
      if (user === undefined) return [nobody]
      try {
        const { session } = await logIn()
        const csrf =
          session.csrfToken === undefined
            ? 'no CSRF token: a release before May 2024'
            : 'with a CSRF token'
        return [
          { verdict: 'passed', title: `A token of ${user.subject} opened a session, ${csrf}` },
        ]
      } catch (error) {
        if (!isJotgateError(error)) throw error
        const { message, hint } = error
        return [
          {
            verdict: 'failed',
            title: message,
            evidence: `a token for ${user.subject} at /qps/csrftoken`,
            hint,
            source,
          },
        ]
      }
    },
  },
  {
    id: 'server-same-user',
    category: 'person',
    question: 'Is the session that of the user?',
    needs: ['server-login'],
    async run({ user, deployment, logIn, transport }) {
      if (user === undefined) return [nobody]
      const { session } = await logIn()
      const how = transport === undefined ? {} : { fetch: transport.fetch }
      const found = await getCurrentUser({ session, ...how })
      const evidence = `GET /qps/user: ${found.id}`
      const isSame = found.subject.toLowerCase() === user.subject.toLowerCase()
      if (isSame && isDirectoryOf(deployment, user, found.directory))
        return [{ verdict: 'passed', title: `The session is that of ${found.id}`, evidence }]
      return [
        {
          verdict: 'failed',
          title: `The session is that of ${found.id}, not of ${user.directory ?? deployment.userDirectory}\\${user.subject}`,
          evidence,
          hint: 'Compare “JWT attribute for user ID” and “for user directory” of the virtual proxy with `claims` of the deployment, and see that it has no anonymous access. A directory in square brackets is a constant: `claims.userDirectory` must be the same.',
          isMendedByApply: true,
          source,
        },
      ]
    },
  },
]

export const nobody: Outcome = {
  verdict: 'not-checked',
  title: 'Nobody logged in: no user was named',
  hint: 'Name a user who exists, with `--as`.',
}

const mayBeMade = (name: string): Outcome => ({
  verdict: 'passed',
  title: `${name} may be made by the login; without a client certificate they cannot be deleted afterwards`,
})

const unclear = (name: string, subject: string): Outcome => ({
  verdict: 'not-checked',
  title: `Nobody logged in: whether Qlik knows ${name} was not read in the repository`,
  hint: `${subject.includes("'") ? 'A user ID with a quote is not looked for.' : 'Give a client certificate (`clientCertificate` of the deployment).'} A login makes a user who is not there, and who may take a licence; \`--create-test-user\` allows it.`,
})

function unknown(name: string, others: readonly string[], evidence: string): Outcome {
  return {
    verdict: 'failed',
    title: `The repository has no user ${name}`,
    evidence,
    hint:
      others.length === 0
        ? 'Name a user who exists with `--as`. A login makes a user, who may take a licence; `--create-test-user` allows it, and deletes them afterwards.'
        : `Known is ${others.join(', ')}: set \`userDirectory\` of the deployment to that directory. A login would make a second user, without the rights of the first.`,
    source: 'https://help.qlik.com/en-US/sense-admin/, Users',
  }
}
