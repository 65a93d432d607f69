// Reads simulations (a JSON list) from standard input and writes what each comes to: Allowed, ImplicitlyDenied, …
import { runSimulation } from '@cloud-copilot/iam-simulate'

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const results = []
for (const simulation of JSON.parse(Buffer.concat(chunks).toString('utf8'))) {
  const done = await runSimulation(simulation, {})
  results.push({
    result: done.resultType === 'error' ? 'error' : done.overallResult,
    errors: done.resultType === 'error' ? done.errors : undefined,
    ignored: done.result?.ignoredContextKeys ?? []
  })
}
process.stdout.write(JSON.stringify(results))
