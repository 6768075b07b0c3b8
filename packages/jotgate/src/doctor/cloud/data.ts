import type { Check, Outcome } from '../check.ts'
import { openApp } from '../engine/app-rows.ts'
import { connectEngine, type EngineConnection } from '../engine/engine-connection.ts'
import type { CloudContext } from './cloud-context.ts'
import { knownOf } from './known-words.ts'
import { noApp } from './person.ts'

const source = 'https://www.npmjs.com/package/@qlik/api, close codes of the engine'

/** The engine, and what the app has for the user. */
export const dataChecks: readonly Check<CloudContext>[] = [
  {
    id: 'cloud-engine',
    category: 'data',
    question: 'Does the engine greet over a web socket?',
    needs: ['cloud-login'],
    explainedBy: ['cloud-licence', 'cloud-app-access'],
    async run({ logIn, appId, transport, user }) {
      if (appId === undefined) return [noApp]
      const { session } = await logIn()
      const engine = await connectEngine({ session, appId, transport })
      engine.close()
      return [greetingOf(engine, user?.subject ?? '')]
    },
  },
  {
    id: 'cloud-app',
    category: 'data',
    question: 'Does the app open for the user, with rows?',
    needs: ['cloud-engine'],
    async run({ logIn, appId, transport, user }) {
      if (appId === undefined) return [noApp]
      const { session } = await logIn()
      const engine = await connectEngine({ session, appId, transport })
      try {
        if (engine.state !== 'open') return [greetingOf(engine, user?.subject ?? '')]
        const { error, rows } = await openApp(engine, appId)
        const evidence =
          error === undefined
            ? `OpenDoc ${appId}`
            : `OpenDoc ${appId}: ${error.code} ${error.message}`
        if (error !== undefined)
          return [
            {
              verdict: 'failed',
              title: `The app does not open for ${user?.subject}`,
              evidence,
              ...mendingOf(error),
            },
          ]
        if (rows === 0)
          return [
            {
              verdict: 'failed',
              title: `The app has no rows for ${user?.subject}`,
              evidence: `${evidence}; its first field has no value`,
              hint: 'Reload the app; or its section access reduces everything away: compare the reduction with the groups that were sent.',
              source: sectionAccess,
            },
          ]
        return [
          { verdict: 'passed', title: `The app opens for ${user?.subject}, with rows`, evidence },
        ]
      } finally {
        engine.close()
      }
    },
  },
]

const sectionAccess = 'https://help.qlik.com/en-US/cloud-services/, Section access'

/** Only where access is refused can section access be the reason. */
function mendingOf({ code, message }: { code: number; message: string }) {
  if (code === 5 || /denied/i.test(message))
    return {
      hint: 'Section access leaves this user out, most likely: its table needs a row for the user’s subject, e-mail address or one of their groups, in capital letters. Compare it with the groups that arrived.',
      source: sectionAccess,
    }
  const known = knownOf(message)
  if (known !== undefined) return { hint: `${known.cause} ${known.action}`, source: known.source }
  return {
    hint: 'Open the app in a browser as this user. Where that fails too, reload it, or look at Qlik Cloud’s status page.',
    source,
  }
}

/** By the close code that @qlik/api 2.19.0 knows, or the state that the engine sent first. */
const closings: Readonly<Record<number, readonly [title: string, hint: string]>> = {
  4006: [
    'The engine does not take the session: authentication failed',
    'What lies between may take cookies or the query from the web socket. Look whether a reverse proxy carries both.',
  ],
  4203: [
    'SUBJECT has no permission to open the app',
    'Give the user, or one of their groups, a role in the space of the app. A change takes effect within two minutes.',
  ],
  4204: [
    'The engine finds no app of this ID',
    'Compare the ID with the address of the app in the browser.',
  ],
  4205: [
    'Too many calls of this user: the engine refuses more',
    'Wait a few minutes, and open fewer sessions at once.',
  ],
  4230: [
    'SUBJECT has no access by the licence',
    'Administration, Users, License: assign access, or switch on that it is assigned dynamically.',
  ],
  4240: ['No engine is available', 'Try again later; look at Qlik Cloud’s status page.'],
}

/** Where Qlik says a word before it closes the socket, nothing lies between. */
const ownWords = (word: string): readonly [title: string, hint: string] => [
  'Qlik closes the web socket before the engine greets',
  `Qlik itself says ${word}: \`jotgate explain ${word}\` has what is known of it. Try again; a session that ends at once may be ended by somebody else.`,
]

function greetingOf(engine: EngineConnection, subject: string): Outcome {
  const { state, sessionState, closing, notifications } = engine
  if (state === 'open')
    return {
      verdict: 'passed',
      title: 'The engine greets',
      evidence: `OnConnected, ${sessionState}`,
    }
  const code = /LICENSE/.test(sessionState ?? '') ? 4230 : (closing?.code ?? 0)
  const told = [
    `web socket: ${state}`,
    ...(sessionState === undefined ? [] : [sessionState]),
    ...(closing === undefined ? [] : [`close code ${closing.code} ${closing.reason}`.trim()]),
    ...notifications.filter((one) => one !== 'OnConnected'),
  ].join(', ')
  const word = notifications.findLast((one) => one !== 'OnConnected')
  const [title, hint] = closings[code] ??
    (word === undefined ? undefined : ownWords(word)) ?? [
      state === 'refused'
        ? 'The web socket to the engine is refused'
        : 'The web socket is closed before the engine greets',
      'What lies between may not carry web sockets (Upgrade), or a proxy server ends them: try from another network.',
    ]
  return {
    verdict: 'failed',
    title: title.replace('SUBJECT', subject),
    evidence: told,
    hint,
    source,
  }
}
