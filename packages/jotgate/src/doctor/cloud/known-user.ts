import type { Check, Outcome } from '../check.ts'
import type { CloudContext } from './cloud-context.ts'

export const nobody: Outcome = {
  verdict: 'not-checked',
  title: 'Nobody logged in: no user was named',
  hint: 'Name a user who exists, with `--as SUBJECT`.',
}

/** Whom the tenant knows, before anybody logs in: a login would make a user who is not there. */
export const knownUserChecks: readonly Check<CloudContext>[] = [
  {
    id: 'cloud-user',
    category: 'person',
    question: 'Does the tenant know the user, once, and let them in?',
    needs: ['cloud-tenant'],
    explainedBy: ['cloud-administrator'],
    async run({ user, createsUser = false, administrator, readUsers }) {
      if (user === undefined) return [nobody]
      const { subject } = user
      if (administrator === undefined)
        return [
          createsUser
            ? {
                verdict: 'passed',
                title: `${subject} may be made by the login; without an administrator they cannot be deleted afterwards`,
              }
            : {
                verdict: 'not-checked',
                title: `Nobody logged in: whether the tenant knows ${subject} can be read by an administrator alone`,
                hint: 'Give an API key (`administrator.apiKey`, or `--api-key-env NAME`). A login makes a user who is not there, and who may take a licence; `--create-test-user` allows it.',
              },
        ]
      const { own, sameEmail } = await readUsers()
      const evidence = `users: ${
        [...(own === undefined ? [] : [own]), ...sameEmail]
          .map(
            (one) =>
              `${one.subject} (${one.status ?? 'active'}${one.email === undefined ? '' : `, ${one.email}`})`,
          )
          .join('; ') || `nobody of the subject ${subject}`
      }`
      if (own === undefined && !createsUser)
        return [
          unknown(
            subject,
            sameEmail.map((one) => one.subject),
            evidence,
          ),
        ]
      if (own?.status === 'disabled')
        return [
          failed(
            `The user ${subject} is disabled`,
            evidence,
            'Administration, Users, the user: enable them.',
            'https://qlik.dev/apis/rest/users/',
          ),
        ]
      const twin = sameEmail.find(({ status = 'active' }) => status === 'active')
      if (twin !== undefined)
        return [
          failed(
            `The e-mail address of ${subject} is also that of ${twin.subject}`,
            evidence,
            `Qlik refuses logins of both with “Multiple active users detected with the same e-mail” (LOGIN-12). Send ${twin.subject} as the subject when that is the same person, or another address; or delete the user who is not needed (Administration, Users).`,
            'Qlik Community, users’ posts; jotgate explain LOGIN-12',
          ),
        ]
      if (own?.status === 'invited')
        return [
          {
            ...failed(
              `The user ${subject} has been invited and has not come yet`,
              evidence,
              'Their first login by token may end with “User invitation expired” (USER_INVITE_EXPIRED): invite them again, or delete the invitation (Administration, Users).',
              'Qlik Community, article 1972823',
            ),
            verdict: 'warning',
          },
        ]
      return [
        {
          verdict: 'passed',
          title:
            own === undefined
              ? `${subject} will be made by the login, may take a licence, and will be deleted`
              : `The tenant knows ${subject}, once, and enabled`,
          evidence,
        },
      ]
    },
  },
]

function failed(title: string, evidence: string, hint: string, source: string): Outcome {
  return { verdict: 'failed', title, evidence, hint, source }
}

function unknown(subject: string, others: readonly string[], evidence: string): Outcome {
  return failed(
    `The tenant has no user of the subject ${subject}`,
    evidence,
    others.length === 0
      ? 'Name a user who exists with `--as`. A login makes a user, who may take a licence; `--create-test-user` allows it, and deletes them afterwards.'
      : `The same address has ${others.join(', ')}: subjects are compared character for character. A login would make a second user of the same person.`,
    'https://qlik.dev/apis/rest/users/',
  )
}
