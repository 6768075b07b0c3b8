import { kindOf, ownMember, stringProblem } from '../../../values/index.ts'
import { cloudAudience } from '../../claims.ts'
import {
  type ClientManagedDeployment,
  constantDirectory,
  namedClaims,
  reservedClaimNames,
} from '../../client-managed.ts'
import { explainGenerated } from '../looks-random.ts'
import { describeDifference, isFilled } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { explainNoName } from './claim-names.ts'

const setup = 'Qlik Community, article 1716226'
const anyName = `${setup}: the name "can be anything … but it must match the values used" in the token`

/** The option that gave a claim its name, without the attribute, which is the caller's own. */
const toOption = (option: string) => option.replace(/^(claims\.attributes)\..*$/, '$1')

/** The claims that identify the user. */
function userClaims({ claims }: ClientManagedDeployment): string[] {
  const { userId, userDirectory } = claims
  return constantDirectory(claims) === undefined ? [userId, userDirectory] : [userId]
}

/** Who the user is: the names of ID and directory, and what they hold. */
export const userRules: readonly TokenRule<ClientManagedDeployment>[] = [
  {
    about: 'deployment',
    id: 'client-managed-reserved-name',
    effect: 'refused',
    certainty: 'inferred',
    title: 'A claim has a name that JWT itself uses',
    hint: 'Give it another name in the virtual proxy and in the deployment: `iss`, `aud`, `exp`, `nbf`, `iat` and `jti` have a meaning already.',
    source: `${setup}: "anything (except reserved key words for JWT claims)"; RFC 7519 section 4.1`,
    explain({ deployment }) {
      const wrong = namedClaims(deployment.claims)
        .filter(([, name]) => reservedClaimNames.includes(name))
        .map(([option, name]) => `\`${toOption(option)}\` is \`${name}\`.`)
      return wrong.length === 0 ? undefined : wrong.join(' ')
    },
  },
  {
    about: 'deployment',
    id: 'client-managed-sub-as-name',
    effect: 'unknown',
    certainty: 'unknown',
    title: '`sub` is used as the name of a claim of the virtual proxy',
    hint: 'Use another name, such as `userId`. Qlik excludes the reserved words of JWT and does not list them; `sub` is one in the RFC.',
    source: `${setup}; RFC 7519 section 4.1.2`,
    explain({ deployment }) {
      const named = namedClaims(deployment.claims).find(([, name]) => name === 'sub')
      return named === undefined ? undefined : `\`${toOption(named[0])}\` is \`sub\`.`
    },
  },
  {
    about: 'claims',
    id: 'client-managed-made-for-cloud',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token is made for Qlik Cloud',
    hint: 'Make a token for this server: describe it by `clientManaged()`, not by `cloud()`. Neither product accepts the other’s tokens.',
    source: 'help.qlik.com, "JWT authentication" against https://qlik.dev/apis/rest/login/',
    explain: ({ claims, deployment }) =>
      ownMember(claims, 'aud') === cloudAudience && !Object.hasOwn(claims, deployment.claims.userId)
        ? '`aud` is Qlik Cloud’s login.'
        : undefined,
  },
  {
    about: 'claims',
    id: 'client-managed-user-id-missing',
    effect: 'refused',
    certainty: 'verified',
    title: 'The user’s ID is not under the name that the virtual proxy reads',
    hint: 'Make the name in the token and the virtual proxy’s "JWT attribute for user ID" exactly the same.',
    source: anyName,
    explain: ({ claims, deployment }) => explainNoName(claims, 'userId', deployment.claims.userId),
  },
  {
    about: 'claims',
    id: 'client-managed-user-directory-missing',
    effect: 'refused',
    certainty: 'verified',
    title: 'The user directory is not under the name that the virtual proxy reads',
    hint: 'Make the name in the token and the virtual proxy’s "JWT attribute for user directory" exactly the same.',
    source: anyName,
    explain({ claims, deployment }) {
      if (constantDirectory(deployment.claims) !== undefined) return undefined
      return explainNoName(claims, 'userDirectory', deployment.claims.userDirectory)
    },
  },
  {
    about: 'claims',
    id: 'client-managed-user-type',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The user’s ID or directory is not a string',
    hint: 'Write both as strings, also an ID that is a number: `"userId": "42"`.',
    source: 'help.qlik.com, "JWT authentication": every example has strings',
    explain({ claims, deployment }) {
      const wrong = userClaims(deployment).flatMap((name) => {
        const value = ownMember(claims, name)
        return value === undefined || typeof value === 'string'
          ? []
          : [`\`${name}\` is ${kindOf(value)}.`]
      })
      return wrong.length === 0 ? undefined : wrong.join(' ')
    },
  },
  {
    about: 'claims',
    id: 'client-managed-user-form',
    effect: 'unknown',
    blocks: true,
    certainty: 'unknown',
    title: 'The user’s ID or directory cannot be a name',
    hint: 'Send the names as the directory has them: up to 255 characters, without control characters. jotgate itself signs no others.',
    source: 'What Qlik does with such names was looked for at help.qlik.com, and not found',
    explain({ claims, deployment }) {
      const wrong = userClaims(deployment).flatMap((name) => {
        const value = ownMember(claims, name)
        if (!isFilled(value)) return []
        const problem = stringProblem(value, 255)
        return problem === undefined ? [] : [`\`${name}\` ${problem}.`]
      })
      return wrong.length === 0 ? undefined : wrong.join(' ')
    },
  },
  {
    about: 'claims',
    id: 'client-managed-user-id-form',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The user’s ID holds the directory too',
    hint: 'Send the two apart: `ada` as user ID and `ACME` as directory are the user ACME\\ada. With both in the ID it is another user, with a licence of its own.',
    source: `${setup}; users are identified by directory and ID`,
    explain({ claims, deployment }) {
      const id = ownMember(claims, deployment.claims.userId)
      return typeof id === 'string' && /^[^\\]+\\[^\\]+$/.test(id)
        ? `\`${deployment.claims.userId}\` has a backslash in it.`
        : undefined
    },
  },
  {
    about: 'claims',
    id: 'client-managed-random-user-id',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The user’s ID looks random',
    hint: 'Make sure that it is the same at every login of this person: each new one is a new user for Qlik, with a licence of its own.',
    source: `${setup}; users are identified by directory and ID`,
    explain: ({ claims, deployment, now }) =>
      explainGenerated(claims, deployment.claims.userId, now),
  },
  {
    about: 'claims',
    id: 'client-managed-user-directory-differs',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The user directory is not the deployment’s',
    hint: 'When people log in another way too, use the same directory and ID: a user of another directory is another user, with a licence of their own.',
    source: `${setup}; users are identified by directory and ID`,
    explain({ claims, deployment }) {
      if (constantDirectory(deployment.claims) !== undefined) return undefined
      const directory = ownMember(claims, deployment.claims.userDirectory)
      const expected = deployment.userDirectory
      // Directories are shown in upper case and compared without case.
      if (!isFilled(directory) || stringProblem(directory, 255) !== undefined) return undefined
      if (directory.toLowerCase() === expected.toLowerCase()) return undefined
      return `The deployment has ${JSON.stringify(expected)}. In the token ${describeDifference(directory, expected)}.`
    },
  },
  {
    about: 'claims',
    id: 'client-managed-internal-directory',
    effect: 'advice',
    certainty: 'verified',
    title: 'The token is for one of Qlik’s own accounts',
    hint: 'Give people a directory of their own. INTERNAL holds `sa_repository` and `sa_api`, who may do everything; let no host application act as them.',
    source:
      'help.qlik.com, "Connecting to the QRS API": `UserDirectory=INTERNAL; UserId=sa_repository`',
    explain({ claims, deployment }) {
      const constant = constantDirectory(deployment.claims)
      const directory = constant ?? ownMember(claims, deployment.claims.userDirectory)
      return typeof directory === 'string' && directory.trim().toLowerCase() === 'internal'
        ? 'The user directory is INTERNAL.'
        : undefined
    },
  },
]
