import type { VirtualProxy } from '../../qlik/index.ts'
import type { Check, Outcome } from '../check.ts'
import type { ClientManagedContext } from './context.ts'

const source = 'https://help.qlik.com/en-US/sense-admin/, JWT authentication'
const places = 'in the QMC: Virtual proxies, Authentication'

/** Whether the virtual proxy reads the claims that our tokens have. */
export const claimNameChecks: readonly Check<ClientManagedContext>[] = [
  {
    id: 'server-claim-names',
    category: 'set-up',
    question:
      'Does the virtual proxy read user ID and user directory from the claims that we send?',
    needs: ['server-repository', 'server-authentication'],
    async run({ deployment: { claims }, readSetUp }) {
      const { virtualProxy } = (await readSetUp()) ?? {}
      const outcomes = [
        compare(
          'JWT attribute for user ID',
          'claims.userId',
          claims.userId,
          virtualProxy?.jwtAttributeUserId,
        ),
        compare(
          'JWT attribute for user directory',
          'claims.userDirectory',
          claims.userDirectory,
          virtualProxy?.jwtAttributeUserDirectory,
        ),
      ].filter((one) => one !== undefined)
      if (outcomes.length > 0) return outcomes
      return [
        {
          verdict: 'passed',
          title: 'User ID and user directory have the same names on both sides',
        },
      ]
    },
  },
  {
    id: 'server-attributes',
    category: 'set-up',
    question:
      'Does the virtual proxy map the groups and attributes that we send, and want none that we do not?',
    needs: ['server-repository', 'server-authentication'],
    async run({ deployment: { claims }, readSetUp }) {
      const { virtualProxy } = (await readSetUp()) ?? {}
      const map = virtualProxy?.jwtAttributeMap ?? []
      const sent = [claims.groups, ...Object.values(claims.attributes ?? {})].filter(
        (name) => name !== undefined,
      )
      const outcomes = [
        ...map
          .filter(({ isMandatory, jwtAttribute }) => isMandatory && !sent.includes(jwtAttribute))
          .map(({ jwtAttribute }) => mandatory(jwtAttribute)),
        ...sent
          .filter((name) => !map.some(({ jwtAttribute }) => jwtAttribute === name))
          .map((name) => unmapped(name, map)),
      ]
      if (outcomes.length > 0) return outcomes
      return [
        {
          verdict: 'passed',
          title: `The attribute mapping fits: ${sent.join(', ') || 'nothing is sent'}`,
        },
      ]
    },
  },
  {
    id: 'server-audience',
    category: 'set-up',
    question: 'Does the virtual proxy require the audience that we send?',
    needs: ['server-repository', 'server-authentication'],
    async run({ deployment: { audience }, readSetUp }) {
      const required = (await readSetUp())?.virtualProxy?.jwtAudience || undefined
      const evidence = `QRS: jwtAudience ${quoted(required)}; ours: ${quoted(audience)}`
      if (required === audience)
        return [{ verdict: 'passed', title: 'The audience is the same on both sides', evidence }]
      if (required === undefined)
        return [
          {
            verdict: 'warning',
            title: 'Our tokens have an audience, and the virtual proxy names none',
            evidence,
            hint: `Write ${quoted(audience)} as “JWT audience” (${places}): then a token for another purpose opens no session here.`,
            isMendedByApply: true,
            source,
          },
        ]
      return [
        {
          verdict: 'failed',
          title: 'The virtual proxy requires another audience than our tokens have',
          evidence,
          hint: `Set \`audience\` of the deployment to ${quoted(required)}, or change “JWT audience” (${places}).`,
          isMendedByApply: true,
          source,
        },
      ]
    },
  },
]

const quoted = (text: string | undefined) => (text === undefined ? 'none' : `“${text}”`)

function compare(
  label: string,
  option: string,
  ours: string,
  theirs: string | undefined,
): Outcome | undefined {
  if (ours === theirs) return undefined
  const isCase = ours.toLowerCase() === theirs?.toLowerCase()
  return {
    verdict: 'failed',
    title: `The virtual proxy reads ${quoted(theirs || undefined)} as ${label}, and our tokens have “${ours}”${isCase ? ': case counts' : ''}`,
    evidence: `QRS: the virtual proxy’s field; ours: ${option}`,
    hint: `Write “${ours}” as ${label} (${places}), or set \`${option}\` of the deployment to what stands there.`,
    isMendedByApply: true,
    source,
  }
}

const mandatory = (name: string): Outcome => ({
  verdict: 'failed',
  title: `The attribute mapping calls “${name}” mandatory, and our tokens do not have it`,
  evidence: 'QRS: jwtAttributeMap',
  hint: `Send it (\`claims.groups\` or \`claims.attributes\` of the deployment), or take “mandatory” away from it (${places}, JWT attribute mapping).`,
  isMendedByApply: true,
  source,
})

function unmapped(name: string, map: NonNullable<VirtualProxy['jwtAttributeMap']>): Outcome {
  const near = map.find(({ jwtAttribute }) =>
    jwtAttribute.toLowerCase().startsWith(name.toLowerCase()),
  )
  return {
    verdict: 'failed',
    title: `The attribute mapping does not have “${name}”, so that Qlik drops it: security rules and section access never see it`,
    evidence: `QRS: jwtAttributeMap has ${map.map(({ jwtAttribute }) => `“${jwtAttribute}”`).join(', ') || 'nothing'}`,
    hint: `Add “${name}” to the JWT attribute mapping (${places})${near === undefined ? '' : `, or call it “${near.jwtAttribute}” in \`claims\` of the deployment: case counts`}.`,
    isMendedByApply: true,
    source,
  }
}
