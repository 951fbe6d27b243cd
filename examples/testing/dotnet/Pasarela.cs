// A pasarela for tests in C#: the program that PASARELA_BIN names, or else a container of
// Testcontainers for .NET. Never compiled or run: this project's machines have no .NET.
//
//     await using var pasarela = await Pasarela.StartAsync();
//     var apis = new AmazonApiGatewayV2Client(Pasarela.Keys, new AmazonApiGatewayV2Config { ServiceURL = pasarela.Endpoint });
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

public sealed class Pasarela : IAsyncDisposable
{
    private const int Port = 4566;
    private const string Image = "ghcr.io/pasarela-ws/pasarela:latest";
    private const string DockerHost = "host.docker.internal";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly Func<ValueTask> stop;

    private Pasarela(string endpoint, string host, Func<ValueTask> stop) => (Endpoint, Host, this.stop) = (endpoint, host, stop);

    /// <summary>The endpoint of every service, such as http://127.0.0.1:40123.</summary>
    public string Endpoint { get; }

    /// <summary>The name of this machine in URIs of integrations; what serves them listens at 0.0.0.0, unless it is 127.0.0.1.</summary>
    public string Host { get; }

    /// <summary>Any pair is let in.</summary>
    public static AWSCredentials Keys => new BasicAWSCredentials("test", "test");

    /// <summary>The URL of a stage for WebSocket clients.</summary>
    public Uri Socket(string apiId, string stage) => new($"ws{Endpoint["http".Length..]}/{apiId}/{stage}");

    /// <summary>Starts a server and returns when it is ready.</summary>
    public static Task<Pasarela> StartAsync() =>
        Environment.GetEnvironmentVariable("PASARELA_BIN") is { } program ? StartProgramAsync(program) : StartContainerAsync();

    private static async Task<Pasarela> StartContainerAsync()
    {
        // Podman before 4.7 has host.containers.internal only.
        var host = Environment.GetEnvironmentVariable("PASARELA_HOST") ?? DockerHost;
        var builder = new ContainerBuilder()
            .WithImage(Environment.GetEnvironmentVariable("PASARELA_IMAGE") ?? Image)
            .WithEnvironment("PASARELA_LOCAL", "1")
            .WithPortBinding(Port, true)
            .WithWaitStrategy(Wait.ForUnixContainer().UntilMessageIsLogged("Ready\\."));
        if (host == DockerHost) builder = builder.WithExtraHost(DockerHost, "host-gateway");
        IContainer container = builder.Build();
        try
        {
            await container.StartAsync();
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
        return new Pasarela($"http://{container.Hostname}:{container.GetMappedPublicPort(Port)}", host, container.DisposeAsync);
    }

    private static async Task<Pasarela> StartProgramAsync(string program)
    {
        var data = Directory.CreateTempSubdirectory("pasarela-");
        var output = new StringBuilder();
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(program, ["serve", "--local", "--data", data.FullName, "--listen", "127.0.0.1:0"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} was not started");
        void Read(string? line)
        {
            lock (output)
            {
                if (ready.Task.IsCompleted) return;
                if (line is null)
                {
                    ready.TrySetException(new InvalidOperationException($"pasarela ended:\n{output}"));
                    return;
                }
                output.Append(line).Append('\n');
                if (line == "Ready.") ready.TrySetResult(Regex.Match(output.ToString(), @"serves (http\S+) ").Groups[1].Value);
            }
        }
        process.OutputDataReceived += (_, e) => Read(e.Data);
        process.ErrorDataReceived += (_, e) => { if (e.Data is not null) Read(e.Data); };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        async ValueTask Stop()
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            data.Delete(true);
        }
        try
        {
            return new Pasarela(await ready.Task.WaitAsync(StartTimeout), "127.0.0.1", Stop);
        }
        catch
        {
            await Stop();
            throw;
        }
    }

    public ValueTask DisposeAsync() => stop();
}
