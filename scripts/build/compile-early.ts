/** A part of a script, as parsers of JavaScript give it (ESTree). */
interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
}

/** Reads a script, as vite's `parseAst` does. */
export type Parse = (code: string) => { readonly body: readonly SyntaxNode[] }

/**
 * Writes a script so that V8 compiles its functions when it loads it. Node's compile cache keeps what is
 * compiled then, and nothing that is compiled later: otherwise every run would compile each function again
 * when it first calls it.
 *
 * V8 takes a function in brackets for one that is called at once. So each function expression gets
 * brackets, and each declaration at the top level becomes one, in front of all other statements, since
 * declarations are hoisted. Methods and asynchronous arrows stay as they are, and so do the messages of
 * errors, which a run that goes well never calls.
 *
 * @see https://v8.dev/blog/preparser#pife
 */
export function compileEarly(code: string, parse: Parse): string {
  const { body } = parse(code)
  const functions = functionsIn(body, code)
  const write = (node: SyntaxNode) => withBrackets(code, node, functions)
  const isDirective = (node: SyntaxNode) => 'directive' in node && node.directive !== null
  return [
    ...body.filter(isDirective).map(write),
    ...body.filter(isDeclaration).map((node) => `var ${node.id.name} = (${write(node)});`),
    ...body.filter((node) => !isDirective(node) && !isDeclaration(node)).map(write),
    '',
  ].join('\n')
}

function isDeclaration(node: SyntaxNode): node is SyntaxNode & { readonly id: { name: string } } {
  return node.type === 'FunctionDeclaration'
}

/** A method is a function expression too, which begins with its parameters and cannot stand in brackets. */
function functionsIn(part: unknown, code: string): SyntaxNode[] {
  if (typeof part !== 'object' || part === null || isMessage(part)) return []
  const inside = Object.values(part).flatMap((one) => functionsIn(one, code))
  const node = part as SyntaxNode
  const isExpression =
    node.type === 'ArrowFunctionExpression' ||
    (node.type === 'FunctionExpression' && !code.startsWith('(', node.start))
  return isExpression ? [node, ...inside] : inside
}

const isMessage = (part: object) =>
  'key' in part && (part.key as { readonly name?: string }).name === 'message'

function withBrackets(code: string, whole: SyntaxNode, functions: readonly SyntaxNode[]): string {
  const places = functions
    .filter(({ start, end }) => start >= whole.start && end <= whole.end)
    .flatMap(({ start, end }) => [
      { at: start, bracket: '(' },
      { at: end, bracket: ')' },
    ])
    .sort((one, other) => one.at - other.at)
  let text = ''
  let done = whole.start
  for (const { at, bracket } of places) {
    text += code.slice(done, at) + bracket
    done = at
  }
  return text + code.slice(done, whole.end)
}
