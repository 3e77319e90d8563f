/** `doctor [server]`: what stands in the way of this project on a stack's servers and in its tenant. */
import { currentReader } from "../../console/current-reader";
import { EXIT } from "../../console/errors";
import { during } from "../../console/progress";
import { stackCommand, type StackRun } from "../stack/stack-command";

interface DoctorOptions {
  tenant?: boolean;
}

/** Colours only where a person looks: NO_COLOR of any value that is not empty switches them off. */
export function wantsColour(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !environment.NO_COLOR;
}

async function doctor(run: StackRun<DoctorOptions>): Promise<number> {
  const [{ examine }, { formatReport, makeReport }, { readDoctorSettings }] = await Promise.all([
    import("./doctor"),
    import("./doctor-report"),
    import("./doctor-settings"),
  ]);
  const { stack, projectFolder, configFile, result } = run;
  const { tenant = false } = run.options;
  const [server = null] = run.args;
  const settings = await readDoctorSettings(projectFolder, stack, configFile, process.env);
  const all = server === null && !tenant;
  const request = {
    stack,
    server,
    servers: server !== null || all,
    tenant: tenant || all,
    agentSocketPath: process.env.SSH_AUTH_SOCK,
    now: new Date(),
  };
  const looking = `looking at ${server ?? (request.servers ? "every server" : "the tenant")}`;
  const examination = await during(looking, null, () => examine(request, settings));
  const report = makeReport(examination, currentReader());
  result.painted(formatReport(report, wantsColour(process.stdout, process.env), process.stdout.columns).trimEnd());
  result.object(report);
  return report.healthy ? EXIT.ok : EXIT.failed;
}

export const doctorCommand = stackCommand<DoctorOptions>({
  name: "doctor",
  description: "Look at servers and tenant of a stack, change nothing, and say what stands in the way",
  changing: false,
  pulumi: false,
  examples: ["doctor --stack prod", "doctor sync01 --stack prod", "doctor --tenant --stack prod --json"],
  define: (command) =>
    void command
      .argument("[server]", "a server of the stack's file; without it all of them, and the tenant")
      .option("--tenant", "the tenant; alone without the servers, beside a server as well as that one")
      .addHelpText("after", "\nWhat each line means, and what --json prints: docs/doctor.md."),
  run: doctor,
});
