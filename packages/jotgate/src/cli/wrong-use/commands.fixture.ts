import { type RightLines, typed, type WrongUse } from './lines.fixture.ts'

/** Commands that are not there, or stand in the wrong place. */
export const commands = ({ jwt }: RightLines): readonly WrongUse[] => [
  typed('crate', /no command `crate`/),
  typed('tokn create', /did you mean `jotgate token create`/),
  typed('token --out x', /give one of create, inspect/),
  typed('token crate', /did you mean `jotgate token create`/),
  typed('keys --out x', /create, show, check, export/),
  typed('keys shw', /did you mean `jotgate keys show`/),
  typed('inspect', /did you mean `jotgate token inspect`/),
  typed('sesion open', /did you mean `jotgate session open`/),
  typed('session --out x', /give one of open/),
  typed('config --out x', /check, print, schema/),
  typed('whoam', /did you mean `jotgate whoami`/),
  typed('--out token create', /options stand behind the command/),
  typed('-x', /options stand behind/),
  { args: [jwt], says: /no command of that name/ },
  typed('create-qsoew', /did you mean `jotgate create-qseow`/),
  typed('help nothing-like-it-at-all', /no command/),
]
