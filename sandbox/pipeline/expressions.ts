/** GitHub's expressions (`${{ ... }}`), by GitHub's own library. */
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import type * as expressions from "@actions/expressions";
import { REPOSITORY } from "../folder/folder";

/** The status of a job when an expression is evaluated: `success()` and similar functions use it. */
export interface JobStatus {
  failed: boolean;
  cancelled: boolean;
}

export type Context = Record<string, unknown>;

/** The library is an ES module that cannot be required; TypeScript would turn a plain import() into a require. */
const importModule = new Function("url", "return import(url)") as (url: string) => Promise<typeof expressions>;
const MODULE = path.join(REPOSITORY, "node_modules", "@actions", "expressions", "dist", "index.js");

export class Expressions {
  private constructor(private readonly library: typeof expressions) {}

  static async load(): Promise<Expressions> {
    return new Expressions(await importModule(pathToFileURL(MODULE).href));
  }

  /** The text with each `${{ }}` in it replaced by its value. */
  text(template: string, context: Context, status: JobStatus): string {
    return template.replaceAll(/\$\{\{(.*?)\}\}/gs, (_all, expression: string) =>
      this.evaluate(expression, context, status).coerceString(),
    );
  }

  /** A condition, with or without `${{ }}` around it; without a status function it also requires success. */
  condition(given: string | undefined, context: Context, status: JobStatus): boolean {
    const expression = (given ?? "success()").replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
    const asks = /\b(success|failure|always|cancelled)\s*\(/.test(expression);
    const whole = asks ? expression : `success() && (${expression})`;
    return isTrue(this.evaluate(whole, context, status));
  }

  private evaluate(expression: string, context: Context, status: JobStatus) {
    const { Lexer, Parser, Evaluator, data } = this.library;
    const answers: Record<string, boolean> = {
      success: !status.failed && !status.cancelled,
      failure: status.failed && !status.cancelled,
      cancelled: status.cancelled,
      always: true,
    };
    const functions = Object.entries(answers).map(([name, answer]) => ({
      name,
      minArgs: 0,
      maxArgs: 0,
      call: () => new data.BooleanData(answer),
    }));
    const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(context), functions).parse();
    const known = new Map(functions.map((entry) => [entry.name, entry]));
    return new Evaluator(tree, this.dictionary(context), known).evaluate();
  }

  private dictionary(values: Context): expressions.data.Dictionary {
    const { data } = this.library;
    const pairs = Object.entries(values).map(([key, value]) => ({ key, value: this.value(value) }));
    return new data.Dictionary(...pairs);
  }

  private value(value: unknown): expressions.data.ExpressionData {
    const { data } = this.library;
    if (value === null || value === undefined) return new data.Null();
    if (typeof value === "boolean") return new data.BooleanData(value);
    if (typeof value === "number") return new data.NumberData(value);
    if (typeof value === "object") return this.dictionary(value as Context);
    return new data.StringData(String(value));
  }
}

function isTrue(value: expressions.data.ExpressionData): boolean {
  const text = value.coerceString();
  return text !== "" && text !== "false" && text !== "0";
}
