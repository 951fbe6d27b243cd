package com.example.reports;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import java.util.ArrayList;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

/** Has Spring's MVC serve the call that $connect makes, and prints the status and the order. */
final class ServeOrder {
    private ServeOrder() {}

    public static void main(String[] args) throws Exception {
        List<Order> orders = new ArrayList<>();
        Reports reports = new Reports(null) {
            @Override
            public void make(Order order) {
                orders.add(order);
            }
        };
        int status = MockMvcBuilders.standaloneSetup(new ReportController(reports)).build()
            .perform(post("/api/reports/create").contentType(MediaType.APPLICATION_JSON)
                .content("{\"connectionId\": \"L0SM9cOFvHcCIhw=\", \"type\": \"ventas\"}"))
            .andReturn().getResponse().getStatus();
        System.out.println(status + " " + orders.get(0));
    }
}
