import java.io.*;
import java.net.*;

public class Client {
    public static void main(String[] args) throws IOException {
        try (Socket s = new Socket("server", 7070)) {
            // your part: s.getOutputStream(), s.getInputStream()
        }
    }
}
