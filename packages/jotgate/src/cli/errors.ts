import { type DetailsOf, defineErrors } from '../errors/index.ts'

/** The errors of the part `cli`. None repeats the value of an option: it may be a key or a token. */
export const cliErrors = defineErrors('ERR_CLI', {
  ERR_CLI_USAGE: {
    kind: 'use',
    status: 400,
    message: (details: { command: string; problems: readonly string[] }) =>
      `${details.command}:${details.problems.length === 1 ? ' ' : '\n  '}${details.problems.join('\n  ')}`,
    hint: 'The same command with --help shows its options and two examples.',
  },
  ERR_CLI_COMMAND: {
    kind: 'use',
    status: 400,
    message: (details: { typed: string; suggestion: string }) =>
      `There is no command ${details.typed}${details.suggestion}`,
    hint: 'Look at the list of commands: `jotgate --help`.',
  },
  ERR_CLI_NO_PAGE: {
    kind: 'use',
    status: 400,
    message: (details: { asked: string; suggestion: string }) =>
      `There is no page${details.asked}${details.suggestion}`,
    hint: 'Give a part of what Qlik said, in quotes, or look at the list: `jotgate explain`.',
  },
  ERR_CLI_INPUT: {
    kind: 'failure',
    status: 400,
    message: (details: { source: string; problem: string }) =>
      `${details.source} ${details.problem}`,
    hint: 'Correct it, and run the command again; nothing was done.',
  },
  ERR_CLI_OUT: {
    kind: 'failure',
    status: 500,
    message: (details: { file: string; reason: string }) =>
      `The result cannot be written to ${details.file} (${details.reason}); nothing was left there`,
    hint: 'Check that the folder exists, that this user may write there, and that the disk has room. What --out names goes to the standard output without it.',
  },
  ERR_CLI_STDOUT: {
    kind: 'failure',
    status: 500,
    message: (details: { reason: string }) =>
      `The result cannot be written to the standard output (${details.reason})`,
    hint: 'Check where it goes: a full disk is the commonest reason.',
  },
  ERR_CLI_NO_TOKEN: {
    kind: 'failure',
    status: 400,
    message: (details: { source: string; problem: string }) =>
      `${details.source} holds no token: ${details.problem}`,
    hint: 'Give the token’s text alone: three parts with dots between, beginning with eyJ.',
  },
  ERR_CLI_NOT_AN_API_KEY: {
    kind: 'use',
    status: 400,
    message: () =>
      'qlik-cli cannot use a token for Qlik Cloud: there a token opens one session, and is not an API key',
    hint: 'Use an API key of the user (qlik context init), or OAuth: qlik context create NAME --server https://TENANT --oauth-client-id ID --oauth-client-secret SECRET.',
  },
  ERR_CLI_BATCH: {
    kind: 'failure',
    status: 400,
    message: (details: { failed: number; total: number }) =>
      `${details.failed} of ${details.total} users got no token; the lines are named above`,
    hint: 'Correct those lines and run the batch again: for these users alone, or for all of them where --out names a file, since none was written.',
  },
  ERR_CLI_PARTIAL: {
    kind: 'failure',
    status: 502,
    message: (details: { failed: number; total: number; what: string }) =>
      `${details.failed} of ${details.total} ${details.what} failed; each is named above`,
    hint: 'Run the command again when what is named above is reachable: what was done stays done.',
  },
  ERR_CLI_GATEWAY: {
    kind: 'failure',
    status: 502,
    message: (details: { at: string; problem: string }) =>
      `The administration of the gateway at ${details.at} ${details.problem}`,
    hint: 'Check that the gateway runs, that `gateway.admin` of the configuration file is its own, and that this is the user that it runs as.',
  },
  ERR_CLI_EXISTS: {
    kind: 'failure',
    status: 409,
    message: (details: { file: string }) => `${details.file} exists already and stays as it is`,
    hint: 'Choose another place, or edit the file that is there.',
  },
  ERR_CLI_ADD_NO_APPLICATION: {
    kind: 'failure',
    status: 404,
    message: () => 'This folder has no package.json, so there is no application to add to',
    hint: 'Go to the folder of your application. For a new one: `npm init -y`, and install a framework.',
  },
  ERR_CLI_ADD_FRAMEWORK: {
    kind: 'use',
    status: 400,
    message: (details: {
      asked: string | undefined
      found: readonly string[]
      known: readonly string[]
    }) => {
      const { asked, found, known } = details
      if (found.length === 0)
        return `package.json has ${asked === undefined ? `none of ${known.join(', ')}` : `no ${asked}`} among its dependencies`
      const has = `package.json has ${found.join(' and ')}`
      return asked === undefined ? `${has}: name one of them` : `${has}, and not ${asked}`
    },
    hint: 'Name the framework that your server runs on, and install it first: `npm install express`, for example.',
  },
  ERR_CLI_ADD_NO_APP_FOLDER: {
    kind: 'failure',
    status: 404,
    message: (details: { framework: string }) =>
      `This application of ${details.framework} has no folder app or src/app`,
    hint: 'The files are routes of the App Router, which may stand beside the folder pages: make `app/layout.jsx` first, as docs/guides/first-chart.md of the project shows it.',
  },
  ERR_CLI_ADD_EXISTS: {
    kind: 'failure',
    status: 409,
    message: (details: { files: readonly string[] }) =>
      `${details.files.join(', ')} exist${details.files.length === 1 ? 's' : ''} already; nothing was written`,
    hint: 'Rename what is there, or add the files to a copy and take over what you need: nothing is overwritten.',
  },
  ERR_CLI_ADD_WRITE: {
    kind: 'failure',
    status: 500,
    message: (details: { reason: string }) =>
      `The files cannot be written into this folder (${details.reason}); nothing was left there`,
    hint: 'Check that this user may write there (EACCES), that the disk has room (ENOSPC), and that no file has the name of a folder (ENOTDIR, EEXIST).',
  },
  ERR_CLI_ADD_DECLINED: {
    kind: 'failure',
    status: 400,
    message: () => 'Nothing was written, as you answered',
    hint: 'The same command asks again; `--yes` writes without asking.',
  },
})

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof cliErrors> {}
}
