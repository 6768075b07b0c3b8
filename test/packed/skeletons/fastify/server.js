import Fastify from 'fastify'

const app = Fastify()

// HERE

app.get('/', async () => 'An application that was here before')

const port = Number(process.env.PORT ?? 3000)
await app.listen({ port, host: 'localhost' })
console.log(`Listening on ${port}`)
