/** `doctor [server]`: check a stack's servers and tenant for problems. */
import { currentReader } from "../../console/current-reader";
import { EXIT } from "../../console/errors";
import { during } from "../../console/progress";
import { stackCommand, type StackRun } from "../stack/stack-command";

interface DoctorOptions {
  tenant?: boolean;
}

/** Colours only on a terminal. NO_COLOR with any value that is not empty switches them off. */
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
  const looking = `checking ${server ?? (request.servers ? "every server" : "the tenant")}`;
  const examination = await during(looking, null, () => examine(request, settings));
  const report = makeReport(examination, currentReader());
  result.painted(formatReport(report, wantsColour(process.stdout, process.env), process.stdout.columns).trimEnd());
  result.object(report);
  return report.healthy ? EXIT.ok : EXIT.failed;
}

export const doctorCommand = stackCommand<DoctorOptions>({
  name: "doctor",
  description: "Check a stack's servers and tenant, and report problems (changes nothing)",
  changing: false,
  pulumi: false,
  examples: ["doctor --stack prod", "doctor sync01 --stack prod", "doctor --tenant --stack prod --json"],
  define: (command) =>
    void command
      .argument("[server]", "a server of the stack (default: all servers and the tenant)")
      .option("--tenant", "check the tenant only, or the tenant and the named server")
      .addHelpText("after", "\ndocs/doctor.md describes each check and the output of --json."),
  run: doctor,
});
