import type { CommandSpec } from './command.ts'

/** A command that has not been loaded. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  load(): Promise<CommandSpec>
}

/** Every command, in the order in which help shows them. The words stand here, so that none is loaded for them. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'from nothing to a login: file, key pair, Qlik set up',
    load: async () => (await import('./setup/init.ts')).init,
  },
  {
    name: 'add',
    summary: 'a page with a chart, in your own application',
    load: async () => (await import('./add/add.ts')).add,
  },
  {
    name: 'keys create',
    summary: 'make a key pair and its certificate',
    load: async () => (await import('./key/create.ts')).keysCreate,
  },
  {
    name: 'keys show',
    summary: 'fingerprints, key ID, dates and days left',
    load: async () => (await import('./key/show.ts')).keysShow,
  },
  {
    name: 'keys check',
    summary: 'strength, expiry, and whether the two halves match',
    load: async () => (await import('./key/check.ts')).keysCheck,
  },
  {
    name: 'keys export',
    summary: 'the public half in any form, or both halves as PFX',
    load: async () => (await import('./key/export.ts')).keysExport,
  },
  {
    name: 'token create',
    summary: 'a token for one user, or for each of a batch',
    load: async () => (await import('./token/create.ts')).tokenCreate,
  },
  {
    name: 'token inspect',
    summary: 'what a token says, and what Qlik will say to it',
    load: async () => (await import('./token/inspect.ts')).tokenInspect,
  },
  {
    name: 'session open',
    summary: 'a Qlik session for curl, a browser or a script',
    load: async () => (await import('./session/open.ts')).sessionOpen,
  },
  {
    name: 'session end',
    summary: 'ends a session that was kept',
    load: async () => (await import('./session/end.ts')).sessionEnd,
  },
  {
    name: 'sessions list',
    summary: 'who is logged in at a gateway, or to client-managed Qlik',
    load: async () => (await import('./sessions/list.ts')).sessionsList,
  },
  {
    name: 'sessions end',
    summary: 'ends sessions at a gateway, or of client-managed Qlik',
    load: async () => (await import('./sessions/end.ts')).sessionsEnd,
  },
  {
    name: 'request',
    summary: 'one authenticated REST call',
    load: async () => (await import('./session/request.ts')).request,
  },
  {
    name: 'whoami',
    summary: 'who Qlik thinks this is, beside what the token said',
    load: async () => (await import('./session/whoami.ts')).whoami,
  },
  {
    name: 'gateway',
    summary: 'runs the gateway of the configuration file',
    load: async () => (await import('./gateway/run.ts')).gatewayRun,
  },
  {
    name: 'gateway init',
    summary: 'the keys of a gateway’s store and audit log',
    load: async () => (await import('./gateway/init.ts')).gatewayInit,
  },
  {
    name: 'gateway paths',
    summary: 'lines for a gateway’s allow-list, from its log',
    load: async () => (await import('./gateway/paths.ts')).gatewayPaths,
  },
  {
    name: 'audit verify',
    summary: 'whether the gateway’s audit log is whole',
    load: async () => (await import('./audit/verify.ts')).auditVerify,
  },
  {
    name: 'config check',
    summary: 'all problems of the configuration file at once',
    load: async () => (await import('./setup/config-check.ts')).configCheck,
  },
  {
    name: 'config print',
    summary: 'the settings of a deployment, and where each comes from',
    load: async () => (await import('./setup/config-print.ts')).configPrint,
  },
  {
    name: 'config schema',
    summary: 'the JSON Schema of the file, for editors',
    load: async () => (await import('./setup/config-schema.ts')).configSchemaCommand,
  },
  {
    name: 'plan',
    summary: 'what Qlik lacks for logins by token, field by field',
    load: async () => (await import('./provision/plan.ts')).plan,
  },
  {
    name: 'apply',
    summary: 'makes at Qlik what `jotgate plan` shows',
    load: async () => (await import('./provision/apply.ts')).apply,
  },
  {
    name: 'destroy',
    summary: 'deletes at Qlik what this setup has made',
    load: async () => (await import('./provision/destroy.ts')).destroy,
  },
  {
    name: 'import',
    summary: 'write jotgate.config.json from what Qlik has',
    load: async () => (await import('./provision/import.ts')).importCommand,
  },
  {
    name: 'doctor',
    summary: 'why a login does not work',
    load: async () => (await import('./doctor/doctor.ts')).doctor,
  },
  {
    name: 'explain',
    summary: 'what an error or a rule means, and what to do',
    load: async () => (await import('./explain/explain.ts')).explain,
  },
  {
    name: 'completion',
    summary: 'completion for bash, zsh or fish',
    load: async () => (await import('./setup/completion.ts')).completion,
  },
  {
    name: 'create-qseow',
    summary: 'qs-jwt’s command, for its scripts (client-managed)',
    load: async () => (await import('./from-qs-jwt/create-qseow.ts')).createQseow,
  },
  {
    name: 'create-qscloud',
    summary: 'qs-jwt’s command, for its scripts (Qlik Cloud)',
    load: async () => (await import('./from-qs-jwt/create-qscloud.ts')).createQscloud,
  },
  {
    name: 'decode',
    summary: 'qs-jwt’s command, for its scripts',
    load: async () => (await import('./from-qs-jwt/decode.ts')).decode,
  },
]
