// The guide as a test: a client connects, the backend's POST arrives, and the client gets the
// push. Never compiled or run: this project's machines have no .NET.
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Amazon.ApiGatewayManagementApi;
using Amazon.ApiGatewayManagementApi.Model;
using Amazon.ApiGatewayV2;
using Amazon.ApiGatewayV2.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

public class GuideTests
{
    private record Order(string ConnectionId, string Type);

    [Fact(Timeout = 120_000)]
    public async Task AClientThatConnectsGetsItsPush()
    {
        await using var pasarela = await Pasarela.StartAsync();
        var orders = Channel.CreateUnbounded<Order>();
        await using var backend = WebApplication.CreateBuilder().Build();
        backend.MapPost("/api/reports/create", async (Order order) =>
        {
            await orders.Writer.WriteAsync(order);
            return Results.StatusCode(201);
        });
        backend.Urls.Add(pasarela.Host == "127.0.0.1" ? "http://127.0.0.1:0" : "http://0.0.0.0:0");
        await backend.StartAsync();
        await DeployAsync(pasarela, $"http://{pasarela.Host}:{new Uri(backend.Urls.First()).Port}/api/reports/create");

        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri(pasarela.Socket("guide", "prod") + "?reportType=ventas"), default);
        var order = await orders.Reader.ReadAsync();
        Assert.Equal("ventas", order.Type);
        using var connections = new AmazonApiGatewayManagementApiClient(Pasarela.Keys, new AmazonApiGatewayManagementApiConfig
        {
            ServiceURL = pasarela.Endpoint + "/guide/prod", AuthenticationRegion = "us-east-1",
        });
        await connections.PostToConnectionAsync(new PostToConnectionRequest
        {
            ConnectionId = order.ConnectionId, Data = new MemoryStream("""{"status":"done"}"""u8.ToArray()),
        });
        var buffer = new byte[1024];
        var got = await client.ReceiveAsync(buffer, default);
        Assert.Equal("""{"status":"done"}""", Encoding.UTF8.GetString(buffer, 0, got.Count));
    }

    private static async Task DeployAsync(Pasarela pasarela, string uri)
    {
        using var apis = new AmazonApiGatewayV2Client(Pasarela.Keys, new AmazonApiGatewayV2Config { ServiceURL = pasarela.Endpoint, AuthenticationRegion = "us-east-1" });
        await apis.CreateApiAsync(new CreateApiRequest
        {
            Name = "guide", ProtocolType = ProtocolType.WEBSOCKET, RouteSelectionExpression = "$request.body.action",
            Tags = new Dictionary<string, string> { ["_custom_id_"] = "guide" },
        });
        var integration = await apis.CreateIntegrationAsync(new CreateIntegrationRequest
        {
            ApiId = "guide", IntegrationType = IntegrationType.HTTP, IntegrationMethod = "POST", IntegrationUri = uri,
            RequestTemplates = new Dictionary<string, string>
            {
                ["application/json"] = """{"connectionId": "$context.connectionId", "type": "$input.params('reportType')"}""",
            },
        });
        await apis.CreateIntegrationResponseAsync(new CreateIntegrationResponseRequest { ApiId = "guide", IntegrationId = integration.IntegrationId, IntegrationResponseKey = "201" });
        await apis.CreateRouteAsync(new CreateRouteRequest { ApiId = "guide", RouteKey = "$connect", Target = $"integrations/{integration.IntegrationId}" });
        await apis.CreateStageAsync(new CreateStageRequest { ApiId = "guide", StageName = "prod" });
        await apis.CreateDeploymentAsync(new CreateDeploymentRequest { ApiId = "guide", StageName = "prod" });
    }
}
