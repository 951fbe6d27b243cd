// The guide's backend in C#, on AWS SDK for .NET. Never run here: this project's machines
// have no .NET. PORT=8080 WEBSOCKET_ENDPOINT=http://127.0.0.1:4566/<api-id>/prod dotnet run
using System.Text.Json;
using Amazon.ApiGatewayManagementApi;
using Amazon.ApiGatewayManagementApi.Model;

var client = new AmazonApiGatewayManagementApiClient(new AmazonApiGatewayManagementApiConfig
{
    ServiceURL = Environment.GetEnvironmentVariable("WEBSOCKET_ENDPOINT"),
    AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION") ?? "us-east-1",
});
var app = WebApplication.CreateBuilder(args).Build();

app.MapPost("/api/reports/create", (Order order) =>
{
    if (string.IsNullOrEmpty(order.ConnectionId) || string.IsNullOrEmpty(order.Type)) return Results.BadRequest();
    _ = Task.Run(() => Report(order.ConnectionId, order.Type)); // in a service: a BackgroundService with a queue
    return Results.Json(new { accepted = true }, statusCode: 201);
});
app.Run($"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");

async Task Report(string connectionId, string type)
{
    try
    {
        await Push(connectionId, new { status = "progress", percent = 50 }, 6);
        // Make the report here.
        await Push(connectionId, new { status = "done", url = $"https://files.example.com/{Uri.EscapeDataString(type)}.xlsx" }, 1);
        app.Logger.LogInformation("pushed {Type} to {Connection}", type, connectionId);
    }
    catch (GoneException)
    {
        app.Logger.LogInformation("gone: {Connection} has closed; the report of {Type} is dropped", connectionId, type);
    }
    catch (Exception e)
    {
        app.Logger.LogError(e, "push to {Connection} failed", connectionId);
    }
}

// On AWS a connection takes messages only after $connect was answered: until then a push
// fails with GoneException, so the first one is tried for a second.
async Task Push(string connectionId, object message, int tries)
{
    while (true)
    {
        try
        {
            await client.PostToConnectionAsync(new PostToConnectionRequest
            {
                ConnectionId = connectionId,
                Data = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(message)),
            });
            return;
        }
        catch (GoneException) when (--tries > 0)
        {
            await Task.Delay(200);
        }
    }
}

record Order(string? ConnectionId, string? Type);
