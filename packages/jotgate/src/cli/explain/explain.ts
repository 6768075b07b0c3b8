import { nearestName } from '../../config/index.ts'
import { findByWords } from '../../doctor/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { layoutFor } from '../layout.ts'
import { listOfPages, pageInWords } from './page.ts'
import { allPages } from './pages.ts'

/** `jotgate explain`. */
export const explain: CommandSpec = {
  name: 'explain',
  summary: 'what an error or a rule means, and what to do',
  description:
    'Prints the page of an error of jotgate, a rule for tokens and keys, or an error of Qlik’s: cause, what to do, source. Nothing is asked of the network.',
  operands: [
    {
      name: 'name',
      description: 'a code, a rule, or a part of what Qlik said in quotes; without it, the list',
      optional: true,
    },
  ],
  options: resultOptions,
  examples: [
    'jotgate explain LOGIN-8',
    'jotgate explain "Could not authenticate"',
    'jotgate explain ERR_KEY_MODE --json',
    'jotgate explain',
  ],
  notes:
    'With --json: a list of { name, kind, title, texts, facts, action }; kind is error, rule or qlik.\nWithout a name the list has { name, kind, title }.',
  async run(call) {
    const [asked] = call.operands
    const layout = layoutFor(call.terminal, 'stdout')
    const pages = allPages()
    if (asked === undefined) {
      const json = pages.map(({ name, kind, title }) => ({ name, kind, title }))
      return { text: listOfPages(pages, layout), json }
    }
    const found = findByWords(pages, asked)
    const [first] = found
    if (first === undefined) throw noPage(asked, pages)
    if (found.length <= 3)
      return { text: found.map((page) => pageInWords(page, layout)).join('\n'), json: found }
    return {
      text: `${found.length} pages have that text:\n\n${listOfPages(found, layout)}`,
      json: found,
    }
  },
}

/** What was typed is shown when it looks like a name: it may be a token. */
function noPage(asked: string, pages: readonly { readonly name: string }[]): Error {
  const isName = /^[A-Za-z][A-Za-z0-9_-]{0,40}$/.test(asked)
  const near = nearestName(
    asked,
    pages.map(({ name }) => name),
  )
  return cliErrors.ERR_CLI_NO_PAGE({
    asked: isName ? ` for ${asked}` : ' with that text',
    suggestion: near === undefined ? '' : `; did you mean ${near}?`,
  })
}
