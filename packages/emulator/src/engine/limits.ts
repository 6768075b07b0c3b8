/**
 * What one client may ask of the engine. Each is checked before anything is computed or kept, and each has
 * its error; the README's table is made of this one.
 */
export const engineLimits = {
  frameBytes: {
    value: 8 * 1024 * 1024,
    what: 'Bytes of one frame from a client',
    error: 'close code 1009',
  },
  waitingCalls: {
    value: 1_000,
    what: 'Calls of one session that wait for the one before them',
    error: 'JSON-RPC error 10',
  },
  socketsOfSession: {
    value: 100,
    what: 'Sockets attached to one session',
    error: 'close code 1013',
  },
  sessionsOfUser: {
    value: 500,
    what: 'Engine sessions of one user',
    error: 'close code 1013',
  },
  objects: {
    value: 5_000,
    what: 'Objects, variables and bookmarks of one session',
    error: 'JSON-RPC error 8',
  },
  columns: {
    value: 100,
    what: 'Dimensions and measures of one hypercube, with their attribute expressions',
    error: 'qError 7005 of the hypercube, which charts show',
  },
  structures: {
    value: 100,
    what: 'Hypercubes, list objects and expressions of one layout',
    error: 'JSON-RPC error 7009',
  },
  pages: {
    value: 100,
    what: 'Pages of one answer',
    error: 'JSON-RPC error 7009',
  },
  pageCells: {
    value: 10_000,
    what: 'Cells of one page',
    error: 'JSON-RPC error 7009',
  },
  answerCells: {
    value: 100_000,
    what: 'Cells of all pages of one answer',
    error: 'JSON-RPC error 7009',
  },
  cubeValues: {
    value: 5_000_000,
    what: 'Values of one hypercube: its rows times its columns',
    error: 'qError 7005 of the hypercube, which charts show',
  },
  keptValues: {
    value: 20_000_000,
    what: 'Values of all hypercubes that a session keeps, so that they need not be computed again',
    error: 'none: those computed first are dropped',
  },
  expressionTokens: {
    value: 4_000,
    what: 'Words, numbers and signs of one expression, after dollar-sign expansion',
    error: 'the error of its column or call',
  },
  expressionDepth: {
    value: 200,
    what: 'Parentheses and calls inside one another in an expression',
    error: 'the error of its column or call',
  },
  expressionCharacters: {
    value: 100_000,
    what: 'Characters of one expression, after dollar-sign expansion',
    error: 'the error of its column or call',
  },
  textOperations: {
    value: 5_000_000,
    what: 'Operations of one expression in a text, a condition or a dollar sign: its nodes times the rows',
    error: 'the error of its column or call',
  },
  callOperations: {
    value: 100_000_000,
    what: 'Operations of all that one call computes',
    error: 'the error of its column or call',
  },
} as const satisfies Readonly<
  Record<string, { readonly value: number; readonly what: string; readonly error: string }>
>
